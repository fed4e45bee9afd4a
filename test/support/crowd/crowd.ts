import type { Journal } from '../readers/holding.ts'
import { openReader, type Reader, type Wants } from '../readers/reader.ts'
import { differences, type Truth } from '../readers/truth.ts'

export type CrowdReport = Omit<Journal, 'contents' | 'gapsOf' | 'latestMs' | 'now' | 'forgot'> & { connections: number }

/** Many readers in one process, which can be asked by messages (see test/bench/calls.ts). */
export const createCrowd = () => {
  const readers: Reader[] = []
  const contents = new Map<string, string>()
  return {
    open: ({ url, count, wants }: { url: string; count: number; wants: Wants }): void => {
      for (let i = 0; i < count; i++) readers.push(openReader(url, wants, contents))
    },
    /** How many readers have every topic answered. */
    settled: (_: null): number => readers.filter((reader) => reader.connected() && reader.settled()).length,
    /** How readers differ from Redis: how many do, and some of it in words. */
    compare: ({ truth }: { truth: Truth[] }): { different: number; examples: string[] } => {
      const each = readers.map((reader) => differences(reader, truth)).filter(({ length }) => length > 0)
      return { different: each.length, examples: each.flat().slice(0, 5) }
    },
    /** How late each reader's latest update was since this was last asked, in milliseconds. */
    lateness: (_: null): number[] =>
      readers.map(({ journal }) => {
        const { latestMs } = journal
        journal.latestMs = 0
        return latestMs
      }),
    report: (_: null): CrowdReport => {
      const sum = (count: (reader: Reader) => number): number => readers.reduce((all, each) => all + count(each), 0)
      return {
        updates: sum(({ journal }) => journal.updates),
        replays: sum(({ journal }) => journal.replays),
        snapshots: sum(({ journal }) => journal.snapshots),
        resyncs: sum(({ journal }) => journal.resyncs),
        gaps: sum(({ journal }) => journal.gaps),
        connections: sum(({ connections }) => connections()),
        faults: readers.flatMap(({ journal }) => journal.faults).slice(0, 20),
      }
    },
  }
}
export type CrowdCalls = ReturnType<typeof createCrowd>
