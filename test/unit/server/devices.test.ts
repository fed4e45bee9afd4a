import { expect, test } from 'vitest'
import { createDeviceList } from '../../../server/fleet/devices.ts'
import type { Entry, Register } from '../../../server/fleet/register.ts'
import { fakeRedis } from './fake-redis.ts'

const state = (id: string, route?: string) => ({
  epoch: 'e',
  last: JSON.stringify({ id, n: 1, t: 1_795_003_200_000, lat: 1, lon: 2, route }),
  cell: 'other/0231301203313',
  heard: '1795003201000',
})
const fleet = (...devices: [id: string, route?: string][]) =>
  new Map<string, Record<string, string> | string>(devices.map(([id, route]) => [`wf:{d:${id}}`, state(id, route)]))

const registerOf = (entries: readonly Entry[]): Register => ({
  cursor: { epoch: 'r', seq: entries.length },
  entries: new Map(entries.map((entry) => [entry.id, entry])),
  ids: entries.map(({ id }) => id).sort(),
  complete: true,
})

/** A list over these keys; the register has an entry for each unless it is given. */
const setUp = (keys: Map<string, Record<string, string> | string>, given?: Register) => {
  let now = 0
  const told: string[] = []
  const { redis, asked } = fakeRedis(keys)
  const register = async () =>
    given ?? registerOf([...keys.keys()].map((key) => ({ id: key.slice('wf:{d:'.length, -1) })))
  const list = createDeviceList(
    redis,
    register,
    () => now,
    (key) => told.push(key),
  )
  const page = async (
    query: { q?: string; limit?: number; after?: string } = {},
    isSeen: ((id: string) => boolean) | null = null,
  ) => {
    const { devices, next, complete, cursor } = await list(
      { q: '', limit: 100, after: '', ...query },
      async (piece) => piece(),
      isSeen,
    )
    return { ids: devices.map(({ id }) => id), next, complete, devices, cursor }
  }
  const reads = (): number => asked.filter((command) => command === 'pipeline').length
  return { page, told, reads, wait: (ms: number) => (now += ms) }
}

test('pages go by id, and next leads through all of them', async () => {
  const { page } = setUp(fleet(['c'], ['a b'], ['京A·12345'], ['B'], ['d']))
  const all = ['B', 'a b', 'c', 'd', '京A·12345']
  expect(await page()).toMatchObject({ ids: all, next: null, complete: true })
  const seen: string[] = []
  let after = ''
  for (let i = 0; i < 3; i++) {
    const { ids, next } = await page({ limit: 2, after })
    seen.push(...ids)
    after = next ?? 'the end'
  }
  expect([seen, after]).toEqual([all, 'the end'])
  expect(await page({ limit: 5 })).toMatchObject({ ids: all, next: null })
  expect((await page({ after: 'b' })).ids).toEqual(['c', 'd', '京A·12345'])
  expect((await page({ after: '龍' })).ids).toEqual([])
})

test('a search finds a part of id, name or route, whatever its case, and pages too', async () => {
  const keys = fleet(['BUS-1', 'Línea 5'], ['BUS-2', 'línea 12'], ['bus-3'], ['VAN', 'Bus depot'])
  const ids = ['BUS-1', 'BUS-2', 'bus-3', 'VAN']
  const register = registerOf(ids.map((id, i) => ({ id, ...(i < 2 && { name: `Ärmel ${i}` }) })))
  const { page } = setUp(keys, register)
  expect((await page({ q: 'ÄRMEL' })).ids).toEqual(['BUS-1', 'BUS-2'])
  expect((await page()).cursor).toEqual(register.cursor)
  expect((await page({ q: 'bus' })).ids).toEqual(['BUS-1', 'BUS-2', 'VAN', 'bus-3'])
  expect((await page({ q: 'LÍNEA' })).ids).toEqual(['BUS-1', 'BUS-2'])
  expect(await page({ q: 'bus', limit: 2, after: 'BUS-2' })).toMatchObject({ ids: ['VAN', 'bus-3'], next: null })
  expect((await page({ q: 'train' })).ids).toEqual([])
})

test('what may not be watched is not in the list, nor found, and pages go on over it', async () => {
  const { page } = setUp(fleet(['A', 'one'], ['B', 'one'], ['C', 'one'], ['D', 'two'], ['E', 'one']))
  const isSeen = (id: string): boolean => id !== 'A' && id !== 'C' && id !== 'E'
  expect(await page({}, isSeen)).toMatchObject({ ids: ['B', 'D'], next: null })
  expect(await page({ limit: 1 }, isSeen)).toMatchObject({ ids: ['B'], next: 'B' })
  expect(await page({ limit: 1, after: 'B' }, isSeen)).toMatchObject({ ids: ['D'], next: null })
  expect(await page({ q: 'one', limit: 1 }, isSeen)).toMatchObject({ ids: ['B'], next: null })
  expect(await page({}, () => false)).toMatchObject({ ids: [], next: null })
})

test('what cannot be read is left out and told; what is gone is left out', async () => {
  const keys = fleet(['A'], ['B'], ['Z'])
  keys.set('wf:{d:CUT}', { ...state('CUT'), last: '{"id":' })
  keys.set('wf:{d:HEARD}', { ...state('HEARD'), heard: 'soon' })
  keys.set('wf:{d:OTHER}', { last: '{}' })
  keys.set('wf:{d:LIST}', 'a list')
  keys.set('wf:{d:NEW}', { epoch: 'e', seq: '1', heard: '5' })
  const { page, told } = setUp(keys)
  await page()
  expect(told.sort()).toEqual(['CUT', 'HEARD', 'LIST', 'OTHER'].map((id) => `wf:{d:${id}}`))
  keys.delete('wf:{d:B}')
  const { ids, devices } = await page()
  expect(ids).toEqual(['A', 'NEW', 'Z'])
  expect(devices[1]).toEqual({ id: 'NEW', last: null, cell: null, heard: 5 })
  expect((await page({ q: 'a' })).ids).toEqual(['A'])
})

test('rows have what is described of a device; what is wrong is told and left out', async () => {
  const keys = fleet(['A'], ['B'])
  const described = { name: 'Bus 1', group: 'buses', category: 'bus' }
  const attributes = { plate: 'BCD-1234', seats: 40 }
  keys.set('wf:{d:A}', { ...state('A'), ...described, attributes: JSON.stringify(attributes) })
  keys.set('wf:{d:B}', { ...state('B'), name: 'B', group: 'No group', category: '', attributes: '{"a":{}}' })
  const { page, told } = setUp(keys)
  const { devices } = await page()
  expect(devices[0]).toMatchObject({ id: 'A', ...described, attributes })
  expect(devices[1]).toMatchObject({ id: 'B', name: 'B' })
  for (const field of ['group', 'category', 'attributes']) expect(devices[1]).not.toHaveProperty(field)
  expect(told).toEqual(['wf:{d:B}'])
})

test('what devices are found by is read every ten seconds at the most, and only where somebody searches', async () => {
  const keys = fleet(['A', 'one'], ['B', 'two'])
  const { page, reads, wait } = setUp(keys)
  await page({ after: 'Z' })
  expect(reads()).toBe(0)
  expect((await page({ q: 'one', after: 'Z' })).ids).toEqual([])
  expect(reads()).toBe(1)
  keys.set('wf:{d:B}', state('B', 'one'))
  wait(9_999)
  expect((await page({ q: 'one' })).ids).toEqual(['A'])
  wait(1)
  expect((await page({ q: 'one' })).ids).toEqual(['A', 'B'])
})
