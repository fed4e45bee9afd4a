import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import type { Open } from '../../../../../server/by-lease.ts'
import type { Fetched } from '../../../../../server/devices/doors/gtfs-fetch.ts'
import { openGtfs } from '../../../../../server/devices/doors/gtfs-realtime.ts'
import { createFaults, type Fault } from '../../../../../server/faults.ts'
import { wireError } from '../../../../../server/live/requests.ts'
import type { Report } from '../../../../../wire/devices.ts'
import { eventually } from '../../../../support/eventually.ts'
import { type TestVehicle, writeFeed } from '../../../../support/gtfs.ts'

const T = 1_790_000_000
const bus = (id: string, timestamp?: number, latitude = 30): TestVehicle => ({
  ...(timestamp !== undefined && { timestamp }),
  position: { latitude, longitude: -97 },
  vehicle: { id, label: `Bus ${id}` },
})
const feed = (timestamp: number, ...vehicles: TestVehicle[]): Fetched => ({
  kind: 'new',
  bytes: writeFeed({
    header: { gtfs_realtime_version: '2.0', timestamp },
    entity: vehicles.map((vehicle, i) => ({ id: String(i), vehicle })),
  }),
})

const open: Open[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

/** A door that is given these one after the other, and then the last one again and again. */
const stage = (given: Fetched[], registered: string[] = []) => {
  const reports: { id: string; report: Report }[] = []
  const described: { id: string; group?: string; name?: string }[] = []
  const drops: string[] = []
  const faults: Fault[] = []
  let fetches = 0
  let forgotten = 0
  let isAway = false
  open.push(
    openGtfs({
      source: {
        fetch: async () => given[Math.min(fetches++, given.length - 1)] ?? { kind: 'same' },
        forget: () => {
          forgotten++
        },
      },
      host: 'agency.example',
      everyMs: 5,
      group: 'transit',
      intake: {
        report: async (id, report) => {
          if (isAway) return { error: wireError('unavailable') }
          reports.push({ id, report })
          const refused = report.fixes?.some(({ lat }) => lat > 89) ? ['0:lat'] : []
          return { accepted: 1, repeats: 0, refused, open: 0 }
        },
      },
      describe: async (devices) => {
        described.push(...devices)
      },
      register: async () => ({ entries: new Map(registered.map((id) => [id, { id }])) }),
      dropped: (why) => drops.push(why),
      rest: async () => {},
      log: pino({ level: 'silent' }),
      faults: createFaults((fault) => faults.push(fault)),
    }),
  )
  const until = (what: string, look: () => boolean) => eventually(what, look, { everyMs: 5 })
  return {
    reports,
    described,
    drops,
    faults,
    forgotten: () => forgotten,
    /** Lets all that was given, and the last one again, be taken. */
    all: () => until('all was taken', () => fetches > given.length + 2),
    away: (is: boolean) => {
      isAway = is
    },
  }
}

test('a vehicle is reported when it moved on by its own clock, and described once', async () => {
  const { all, reports, described, faults } = stage([
    feed(T, bus('a', T - 10), bus('b', T - 20)),
    feed(T + 15, bus('a', T - 10), bus('b', T + 5, 31)),
    feed(T + 30, bus('a', T + 20), bus('b', T + 5, 31)),
  ])
  await all()
  expect(reports.map(({ id, report }) => [id, report.fixes?.[0]?.t])).toEqual([
    ['a', (T - 10) * 1000],
    ['b', (T - 20) * 1000],
    ['b', (T + 5) * 1000],
    ['a', (T + 20) * 1000],
  ])
  expect(described).toEqual([
    { id: 'a', group: 'transit', name: 'Bus a' },
    { id: 'b', group: 'transit', name: 'Bus b' },
  ])
  expect(faults).toEqual([])
})

test('vehicles without a clock go by that of the feed, and an older feed is no news', async () => {
  const { all, reports } = stage([feed(T, bus('a')), feed(T - 60, bus('a', undefined, 40)), feed(T + 1, bus('a'))])
  await all()
  expect(reports.map(({ report }) => report.fixes?.[0]?.t)).toEqual([T * 1000, (T + 1) * 1000])
})

test('whoever was described before keeps their name', async () => {
  const { all, described, reports } = stage([feed(T, bus('a'))], ['a'])
  await all()
  expect([described, reports.length]).toEqual([[], 1])
})

test('a vehicle whose clock was wrong is believed again when it is right', async () => {
  const { all, reports, drops } = stage([feed(T, bus('a', T + 9999, 89.9)), feed(T + 1, bus('a', T))])
  await all()
  expect(reports.filter(({ report }) => report.fixes?.[0]?.lat === 30)).toHaveLength(1)
  expect(drops).toContain('gtfs_refused')
})

test('where Redis is away the feed is asked for again, and what it says is taken then', async () => {
  const { away, reports, forgotten } = stage([feed(T, bus('a'))])
  away(true)
  await eventually('it was not taken', () => forgotten() > 0)
  away(false)
  await eventually('it is taken', () => reports.length > 0)
})

test('what cannot be read is counted, and the next one is', async () => {
  const { all, reports, drops } = stage([
    { kind: 'failed', why: 'the server answered 500' },
    { kind: 'new', bytes: Buffer.from('<html>') },
    { kind: 'same' },
    feed(T, bus('a'), { position: { latitude: 1, longitude: 1 } }),
  ])
  await all()
  expect(reports).toHaveLength(1)
  expect(drops.slice(0, 4)).toEqual(['gtfs_unread', 'gtfs_malformed', 'gtfs_unread', 'gtfs_refused'])
})
