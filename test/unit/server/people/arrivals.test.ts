import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createArrivals, isInside } from '../../../../server/people/arrivals.ts'
import type { Arrival } from '../../../../server/people/rows.ts'
import type { Commands } from '../../../../server/redis/deployment.ts'

test('a position is inside whichever way longitudes are wrapped', () => {
  const across = { west: 170, east: 190, south: -10, north: 10 }
  for (const lon of [170, 175, 180, -180, -175, -170]) expect(isInside(across, { lat: 0, lon }), `${lon}`).toBe(true)
  for (const lon of [169, -169, 0, 90]) expect(isInside(across, { lat: 0, lon }), `${lon}`).toBe(false)
  expect(isInside(across, { lat: 11, lon: 175 })).toBe(false)
  expect(isInside({ west: -530, east: -529, south: 0, north: 1 }, { lat: 0.5, lon: -169.5 })).toBe(true)
})

const ends = { west: 10, east: 11, south: 20, north: 21 }
const arrival = (id: string, device: string, other: Partial<Arrival> = {}): Arrival => ({
  id,
  device,
  made: 1000,
  until: 9000,
  ends,
  ...other,
})

/** Devices by their last fix, and what is done to shares that end where these arrive. */
const floor = (fixes: Record<string, string>, all: Arrival[]) => {
  const done: string[] = []
  let leased = true
  const redis = {
    set: async () => (leased ? 'OK' : null),
    pipeline: () => {
      const keys: string[] = []
      return {
        hmget: (key: string) => keys.push(key),
        exec: async () => keys.map((key) => [null, [fixes[key.slice('wf:{d:'.length, -1)] ?? null]]),
      }
    },
  } as unknown as Commands
  const look = createArrivals({
    redis,
    store: {
      arrivals: async () => all,
      forgetArrivals: async (ids) => void done.push(...ids.map((id) => `forget ${id}`)),
      revoke: async (taken, noted) => void done.push(`revoke ${taken[0]?.what} ${noted?.about}`),
    },
    node: 'one',
    now: () => 5000,
    ended: (count) => done.push(`ended ${count}`),
    log: pino({ level: 'silent' }),
    unreadable: (key) => done.push(`unreadable ${key}`),
  })
  return {
    done,
    look,
    lose: (): void => {
      leased = false
    },
  }
}
const fix = (lat: number, lon: number, t = 2000): string => JSON.stringify({ id: 'x', n: 1, t, lat, lon })

test('a share ends once its device is seen inside, and not by where it was before', async () => {
  const { done, look } = floor({ IN: fix(20.5, 10.5), OUT: fix(22, 10.5), BEFORE: fix(20.5, 10.5, 999), ODD: '[' }, [
    arrival('a', 'IN'),
    arrival('b', 'OUT'),
    arrival('c', 'BEFORE'),
    arrival('d', 'NONE'),
    arrival('e', 'ODD'),
  ])
  await look()
  expect(done).toEqual(['unreadable wf:{d:ODD}', 'revoke c:a share a: IN has arrived', 'forget a', 'ended 1'])
})

test('one that has ended anyway is looked for no more', async () => {
  const { done, look } = floor({ IN: fix(20.5, 10.5) }, [arrival('a', 'IN', { until: 5000 })])
  await look()
  expect(done).toEqual(['forget a'])
})

test('nothing is done while another node has the lease', async () => {
  const { done, look, lose } = floor({ IN: fix(20.5, 10.5) }, [arrival('a', 'IN')])
  lose()
  await look()
  expect(done).toEqual([])
})
