import { expect } from 'vitest'
import type { Topic } from '../../wire/topics.ts'
import type { Crowd } from '../support/crowd.ts'
import { eventually } from '../support/eventually.ts'
import { BOUNDS } from '../support/load.ts'
import type { TestNode } from '../support/node.ts'
import type { Reader } from '../support/readers/reader.ts'
import { differences, readTruth, type Truth } from '../support/readers/truth.ts'
import type { RedisClient } from '../support/redis-client.ts'

/** What is on a stage so far; whoever puts something there adds it. */
type Scene = {
  direct: RedisClient
  /** All that is published, cells aside. */
  topics: readonly Topic[]
  nodes: readonly TestNode[]
  readers: readonly Reader[]
  crowds: readonly { crowd: Crowd; count: number }[]
}

export type Checks = {
  /** Resolves once every reader has every topic; before any fault. */
  settled: () => Promise<void>
  /**
   * The one check of all faults: in the end every reader's state equals Redis's, nothing that a node must never do was
   * done to any reader, and no node filled its log. Nothing may be published meanwhile. Returns the milliseconds it
   * took.
   */
  whole: () => Promise<number>
  /** Redis's own state of all that is published here. Nothing may be published meanwhile. */
  truth: () => Promise<Truth[]>
}

const MOST_LINES = 40

/** What a reader still waits for, in words; empty where there is nothing. */
const lacks = ({ connected, settled, holdings, journal }: Reader): string => {
  if (!connected()) return 'a reader is not connected'
  if (settled()) return ''
  const asking = [...holdings.values()].flatMap(({ topic, phase }) => (phase === 'asking' ? [topic] : []))
  return `a reader waits for ${asking.length} topics, as ${asking[0]}; ${journal.faults[0] ?? ''}`
}

export const createChecks = ({ direct, topics, nodes, readers, crowds }: Scene): Checks => {
  const allSettled = async (): Promise<boolean> => {
    for (const { crowd, count } of crowds) if ((await crowd.ask('settled', null)) !== count) return false
    const lacking = readers.map(lacks).find((lack) => lack !== '')
    if (lacking) throw new Error(lacking)
    return true
  }
  const compare = async (truth: Truth[]): Promise<void> => {
    const each = readers.flatMap((reader) => differences(reader, truth))
    if (each.length > 0) throw new Error(`${each.length} topics differ, as ${each.slice(0, 3).join('; ')}`)
    for (const { crowd } of crowds) {
      const { different, examples } = await crowd.ask('compare', { truth })
      if (different > 0)
        throw new Error(`${different} readers of a crowd differ, as ${examples.slice(0, 3).join('; ')}`)
    }
  }
  const truth = (): Promise<Truth[]> => readTruth(direct, topics, BOUNDS)
  return {
    settled: async () => {
      await eventually('every reader has every topic', allSettled)
    },
    whole: async () => {
      const state = await truth()
      const from = performance.now()
      await eventually('every reader equals Redis', () => compare(state).then(() => true), { everyMs: 50 })
      const took = performance.now() - from
      expect(readers.flatMap(({ journal }) => journal.faults)).toEqual([])
      for (const { crowd } of crowds) expect((await crowd.ask('report', null)).faults).toEqual([])
      for (const node of nodes) expect(node.output().split('\n').length, node.output()).toBeLessThan(MOST_LINES)
      return took
    },
    truth,
  }
}
