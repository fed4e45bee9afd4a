import { describe, expect, it, test } from 'vitest'
import { createColleagues, tagsOf } from '../../../server/devices/colleagues.ts'
import type { Entry } from '../../../server/fleet/register.ts'
import { fakeRedis } from '../server/fake-redis.ts'

const NOW = Date.UTC(2026, 10, 30)

const setUp = (devices: Record<string, { group?: string; lon?: number; t?: number; more?: object }>) => {
  let now = NOW
  const keys = new Map<string, Record<string, string>>()
  for (const [id, { lon = 0, t = NOW, more = {} }] of Object.entries(devices))
    keys.set(`wf:{d:${id}}`, { epoch: 'e', last: JSON.stringify({ id, n: 1, t, lat: 48, lon, ...more }) })
  const { redis, asked } = fakeRedis(keys)
  const entries = new Map<string, Entry>(
    Object.entries(devices).map(([id, { group }]) => [id, { id, name: `Name of ${id}`, ...(group && { group }) }]),
  )
  const cursor = { epoch: 'e', seq: 1 }
  const register = async () => ({ cursor, entries, ids: [...entries.keys()].sort(), complete: true })
  const colleagues = createColleagues({ redis, register, unreadable: () => {}, clock: () => now })
  const near = async (id: string, lon = 0) => (await colleagues(id, { lat: 48, lon })).map((each) => each.id)
  return { near, colleagues, wait: (ms: number) => (now += ms), reads: () => asked.length }
}

describe('colleagues', () => {
  it('are of the same group, the nearest first, and never oneself', async () => {
    const group = 'buses'
    const { near } = setUp({ A: { group }, B: { group, lon: 3 }, C: { group, lon: 1 }, D: { group: 'vans' }, E: {} })
    expect(await near('A')).toEqual(['C', 'B'])
    expect(await near('A', 2.9)).toEqual(['B', 'C'])
    expect(await near('D')).toEqual([])
  })

  it('are none for a device that nobody put in a group: strangers are in the same', async () => {
    const { near } = setUp({ A: {}, B: {}, C: { group: 'other' } })
    for (const id of ['A', 'C', 'nobody']) expect(await near(id)).toEqual([])
  })

  it('are those only of whom it is known where they are', async () => {
    const group = 'buses'
    const { near } = setUp({
      A: { group },
      B: { group, t: NOW - 86_400_001 },
      C: { group, more: { doubtful: true } },
      D: { group, lon: 179 },
      E: { group, lon: -179.5 },
    })
    expect(await near('A', -179)).toEqual(['E', 'D'])
  })

  it('are thirty at the most, read once in ten seconds', async () => {
    const { near, wait, reads } = setUp(
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`D${i}`, { group: 'buses', lon: i }])),
    )
    expect(await near('D0')).toHaveLength(30)
    await near('D1')
    expect(reads()).toBe(1)
    wait(10_001)
    await near('D1')
    expect(reads()).toBe(2)
  })
})

test('tags are short, and each is of one device only', () => {
  const ids = ['BUS-11', 'BUS-12', 'VAN-11', 'CAR-11', '1', 'x', '京A·12345', '11']
  const tags = tagsOf(ids)
  expect(tags.get('BUS-11')).toBe('11')
  expect(tags.get('VAN-11')).toBe('-11')
  expect(new Set(tags.values()).size).toBe(ids.length)
})
