import { type Port, pick } from '../../feed/port.ts'
import type { Call } from '../../wire/calls.ts'
import type { Faults } from '../faults.ts'
import { createBatches } from './batches.ts'

/** Makes a call together with others. Rejects where it failed, or where too many wait. */
export type Together = (call: Call) => Promise<unknown>

/** Redis is away, or more waits for it than may: who asks tries again later. */
export class Unavailable extends Error {}

type Waiting = { call: Call; done: (reply: unknown) => void; fail: (error: unknown) => void }

/** Calls that go together, pipelines on their way at once, and calls that may wait. */
const MOST = 200
const DEPTH = 8
const CAP = 50_000

/** Gathers calls for so many milliseconds, and makes those of one server in one pipeline. */
export const createTogether = (port: Port, gatherMs: number, faults: Faults): Together => {
  const runGroup = async (group: readonly Waiting[]): Promise<void> => {
    const replies = await port.run(group.map(({ call }) => call))
    for (const [i, { done, fail }] of group.entries()) {
      const reply = replies[i]
      if (reply instanceof Error) fail(reply)
      else done(reply)
    }
  }
  const work = async (items: readonly Waiting[]): Promise<void> => {
    const groups = port.groups(items.map(({ call }) => call))
    await Promise.all(groups.map((places) => runGroup(pick(items, places))))
  }
  const { add } = createBatches<Waiting>({ work, gatherMs, most: MOST, depth: DEPTH, cap: CAP, faults })
  return (call) =>
    new Promise((done, fail) => {
      if (!add({ call, done, fail })) fail(new Unavailable('Too many calls wait for Redis'))
    })
}
