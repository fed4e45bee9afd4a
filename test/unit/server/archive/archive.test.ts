import { describe, expect, it } from 'vitest'
import type { Mark } from '../../../../archive/archive.ts'
import { batchesOf, countRows } from '../../../../server/archive/batches.ts'
import { droppable } from '../../../../server/archive/dropping.ts'
import { createLag } from '../../../../server/archive/lag.ts'
import { createRetention } from '../../../../server/archive/retention.ts'
import { isNamed } from '../../../../server/archive/settings.ts'
import { nearLoss, nextLook, type Tended, tend } from '../../../../server/archive/tended.ts'
import { readConfig } from '../../../../server/config.ts'
import type { Topic } from '../../../../wire/topics.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('settings', () => {
  it('refuses what no archive is, and says what is one', () => {
    for (const ARCHIVE_URL of ['mysql://x', 'sqlite:', 'archive.db', 'postgres:'])
      expect(() => readConfig({ ARCHIVE_URL }), ARCHIVE_URL).toThrow(/ARCHIVE_URL=.*takes sqlite:/)
    expect(() => readConfig({ ARCHIVE_TRADES: 'A*B' })).toThrow(/ARCHIVE_TRADES/)
    expect(readConfig({ ARCHIVE_TRADES: 'AAPL, BTC*' }).ARCHIVE_TRADES).toEqual(['AAPL', 'BTC*'])
  })

  it('names symbols by patterns', () => {
    expect(['AAPL', 'AAPL2', 'BTC', 'BTCUSD'].filter((symbol) => isNamed(['AAPL', 'BTC*'], symbol))).toEqual([
      'AAPL',
      'BTC',
      'BTCUSD',
    ])
    expect(isNamed(['*'], 'X') && !isNamed([], 'X')).toBe(true)
  })
})

describe('batches', () => {
  const fix = (n: number) => ({ at: n, fix: { id: 'A', n, t: n, lat: 1, lon: 1 } })
  const mark = (topic: Topic): Mark => ({ topic, cursor: { epoch: 'e', seq: 1 }, at: 1 })
  const fixes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => fix(from + i))

  it('hold so many rows, all of them once and in order, and each mark after the last rows of its topic', () => {
    const batches = batchesOf([
      { rows: { fixes: fixes(0, 600) }, mark: mark('d:A') },
      { rows: { fixes: fixes(600, 2400), gaps: [] }, mark: mark('d:B') },
      { rows: {}, mark: mark('s:C') },
    ])
    expect(batches.map(({ fixes = [], marks = [] }) => [fixes.length, marks.map(({ topic }) => topic)])).toEqual([
      [1000, ['d:A']],
      [1000, []],
      [400, ['d:B', 's:C']],
    ])
    expect(batches.flatMap(({ fixes = [] }) => fixes.map(({ at }) => at))).toEqual(fixes(0, 2400).map(({ at }) => at))
    expect(batches[0] && countRows(batches[0])).toEqual([['fixes', 1000]])
  })

  it('are none where there is nothing', () => {
    expect(batchesOf([])).toEqual([])
    expect(batchesOf([{ rows: { devices: [] }, mark: null }])).toEqual([])
  })
})

describe('when a topic is looked at again', () => {
  it('is before its log runs over, at the latest after the lag, and not all the time', () => {
    expect(nextLook(0, 5000, 5000)).toBe(5000)
    expect(nextLook(1, 5000, 5000)).toBe(5000)
    expect(nextLook(1000, 5000, 5000)).toBe(1000)
    expect(nextLook(100_000, 5000, 5000)).toBe(500)
    expect(nextLook(5, Number.POSITIVE_INFINITY, 5000)).toBe(5000)
  })

  it('is later the more of its time a node works for the archive, and sooner again', () => {
    const lag = createLag()
    let at = 0
    const work = (share: number, seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        lag.worked(at, share * 1000)
        at += 1000
      }
    }
    work(0.05, 60)
    expect(lag.ms()).toBe(5000)
    work(0.5, 300)
    expect(lag.ms()).toBe(60_000)
    work(0.01, 300)
    expect(lag.ms()).toBe(5000)
  })
})

const tended = (topic: Topic, more: Partial<Tended> = {}): Tended => {
  const cursor = { epoch: 'e', seq: 100 }
  return { ...tend(topic, { topic, cursor, at: 0 }, 0), newest: 100 * HOUR, ...more }
}

describe('what is dropped from Redis', () => {
  const kept = { s: 6 * HOUR, d: HOUR }
  const drop = (...all: Tended[]) => droppable(all, kept, 1e9, 10 * MINUTE).map(({ call }) => [call.name, call.args[0]])

  it('is whole hours of a symbol and what is older of a track, where enough can go', () => {
    expect(drop(tended('s:A'), tended('d:B'), tended('m:desk'))).toEqual([
      ['wf1_drop_minutes', 94 * HOUR],
      ['wf1_drop_fixes', 99 * HOUR],
    ])
    const done = [tended('s:A', { droppedTo: 94 * HOUR }), tended('d:B', { droppedTo: 99 * HOUR - 9 * MINUTE })]
    expect(drop(...done)).toEqual([])
  })

  it('is nothing of what is not archived, has told nothing yet, or only just told of the past', () => {
    const cursor = { epoch: 'e', seq: 101 }
    expect(drop(tended('s:A', { mark: null }), tended('s:A', { cursor }))).toEqual([])
    expect(drop(tended('s:A', { newest: Number.NEGATIVE_INFINITY }))).toEqual([])
    expect(drop(tended('s:A', { oldAt: 1e9 - 9 * MINUTE }))).toEqual([])
    expect(drop(tended('s:A', { oldAt: 1e9 - 10 * MINUTE }))).toHaveLength(1)
  })
})

it('knows how near Redis is to dropping what is not archived', () => {
  const near = (topic: Topic, seq: number, now = 0) =>
    nearLoss(tended(topic, { cursor: { epoch: 'e', seq } }), now, (symbol) => symbol === 'EACH')
  expect([near('s:EACH', 100), near('s:EACH', 600), near('s:EACH', 9000)]).toEqual([0, 0.5, 1])
  expect([near('d:A', 600), near('m:desk', 5100)]).toEqual([0.5, 0.5])
  expect(near('s:A', 9000, 1440 * MINUTE)).toBe(0.5)
  expect(near('s:A', 101, 1440 * MINUTE)).toBe(1 / 2880)
})

it('deletes what is too old in small steps, kind by kind, and then rests', async () => {
  const asked: string[] = []
  const left: Record<string, number> = { fixes: 12_000, minutes: 1 }
  let now = 0
  const archive = {
    drop: async (kind: string, before: number, most: number) => {
      const count = Math.min(left[kind] ?? 0, most)
      left[kind] = (left[kind] ?? 0) - count
      asked.push(`${kind} ${before} ${count}`)
      return count
    },
    vacuum: async () => void asked.push('vacuum'),
  }
  const days = { trades: 1, minutes: 2, candles: 3, fixes: 4, events: 5, messages: 6, record: 7 }
  const ports = { archive: archive as never, clock: () => now, now: () => 1000 }
  const turn = createRetention(ports, days, () => true)
  await turn()
  expect(asked).toEqual([])
  for (now = 600_000; now < 1_100_000; now += 1000) await turn()
  expect(asked.filter((each) => each.startsWith('fixes'))).toEqual([
    'fixes 996 5000',
    'fixes 996 5000',
    'fixes 996 2000',
  ])
  expect(asked.filter((each) => each === 'vacuum')).toHaveLength(4)
  expect(asked).toHaveLength(13)
})
