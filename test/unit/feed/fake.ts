import { afterEach, beforeEach, vi } from 'vitest'
import type { Port } from '../../../feed/port.ts'
import { createPublisher, type Publisher, type PublisherOptions } from '../../../feed/publisher.ts'
import type { Call } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Quote, Trade } from '../../../wire/market.ts'

/** What Redis answers where it refuses a call. */
export const replyError = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' })
/** What a call ends with whose answer never came. */
export const lost = (): Error => new Error('Connection is closed.')

/** What a port answers to a call; by default what the function library answers to new data. */
type Answer = (call: Call, answer: () => unknown) => unknown

export const trades = (from: number, count: number): Trade[] =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, t: 1_700_000_000_000 + from + i, price: 100, size: 100 }))
export const quote = (t: number): Quote => ({ t, bid: 99, bidSize: 100, ask: 101, askSize: 100 })
export const fix = (id: string, n: number, lat = 30.27, lon = -97.74): Fix => ({
  id,
  n,
  t: 1_700_000_000_000 + n,
  lat,
  lon,
})

/** One server for all calls. */
export const oneServer: Port['groups'] = (calls) => (calls.length > 0 ? [[...calls.keys()]] : [])

/**
 * A stand-in for Redis that keeps the calls, and answers as the function library does: repeats are dropped by number.
 */
export const fakeRedis = (decide: Answer = (_, answer) => answer()) => {
  const calls: Call[] = []
  const taken = new Map<string, number[]>()
  const cells = new Map<string, string>()
  /** Of devices: the cell that was left and is not cleared yet. */
  const toClear = new Map<string, string>()
  const market = ({ keys, args }: Call) => {
    const ids = taken.get(keys[0] ?? '') ?? []
    taken.set(keys[0] ?? '', ids)
    const given: number[] = []
    for (let i = 0; i < args.length; i += 6) if (args[i] === 'T') given.push(Number(args[i + 1]))
    const fresh = given.filter((id) => !ids.includes(id))
    ids.push(...fresh)
    return [1, 'e', fresh.length, given.length - fresh.length]
  }
  const device = ({ keys, args }: Call) => {
    const key = keys[0] ?? ''
    const id = key.slice('wf:{d:'.length, -1)
    const given = Array.from({ length: args.length / 8 }, (_, i) => args.slice(i * 8, i * 8 + 8).map(Number))
    const numbers = taken.get(key) ?? []
    taken.set(key, numbers)
    const fresh = given.filter(([n = 0]) => !numbers.includes(n))
    numbers.push(...fresh.map(([n = 0]) => n))
    const [n = 0, t = 0, lat = 0, lon = 0] = given.at(-1) ?? []
    const from = cells.get(id) ?? ''
    const cell = cellOf(lat, lon)
    if (fresh.length > 0) cells.set(id, cell)
    if (from !== '' && from !== cell) toClear.set(id, from)
    const left = toClear.get(id) ?? ''
    // Not its first fix: the register has it.
    return [2, 'e', fresh.length, given.length - fresh.length, JSON.stringify({ id, n, t, lat, lon }), cell, left]
  }
  const answer = (call: Call): unknown => {
    if (call.name === 'wf1_market') return market(call)
    if (call.name === 'wf1_leave') toClear.delete(String(call.args[0]))
    return call.name === 'wf1_device' ? device(call) : [1, 'e', 1]
  }
  const port: Port = {
    groups: oneServer,
    run: async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      calls.push(...batch)
      return batch.map((call) => decide(call, () => answer(call)))
    },
  }
  return { port, calls, taken, names: () => calls.map(({ name }) => name) }
}

/** What publishers of this file said since its last test began. */
export const said: string[] = []
export const start = (port: Port, more: Partial<PublisherOptions> = {}): Publisher =>
  createPublisher({ port, say: (line) => said.push(line), random: () => 0.5, ...more })

/** For all tests of a file: time goes on only where they say so. */
export const inFakeTime = (): void => {
  beforeEach(() => {
    vi.useFakeTimers()
    said.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}
