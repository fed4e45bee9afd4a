import { expect, test } from 'vitest'
import { createDeviceList } from '../../../server/fleet/devices.ts'
import { fakeRedis } from './fake-redis.ts'

const state = (id: string, route?: string) => ({
  epoch: 'e',
  last: JSON.stringify({ id, n: 1, t: 1_795_003_200_000, lat: 1, lon: 2, route }),
  cell: 'other/0231301203313',
  heard: '1795003201000',
})
const fleet = (...devices: [id: string, route?: string][]) =>
  new Map<string, Record<string, string> | string>(devices.map(([id, route]) => [`wf:{d:${id}}`, state(id, route)]))

const setUp = (keys: Map<string, Record<string, string> | string>) => {
  let now = 0
  const told: string[] = []
  const { redis, asked } = fakeRedis(keys)
  const list = createDeviceList(
    redis,
    () => now,
    (key) => told.push(key),
  )
  const page = async (query: { q?: string; limit?: number; after?: string } = {}) => {
    const { devices, next, complete } = await list({ q: '', limit: 100, after: '', ...query }, async (piece) => piece())
    return { ids: devices.map(({ id }) => id), next, complete, devices }
  }
  const scans = (): number => asked.filter((command) => command === 'scan').length / 2
  return { page, told, scans, wait: (ms: number) => (now += ms) }
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

test('a search finds a part of id or route, whatever its case, and pages too', async () => {
  const { page } = setUp(fleet(['BUS-1', 'Línea 5'], ['BUS-2', 'línea 12'], ['bus-3'], ['VAN', 'Bus depot']))
  expect((await page({ q: 'bus' })).ids).toEqual(['BUS-1', 'BUS-2', 'VAN', 'bus-3'])
  expect((await page({ q: 'LÍNEA' })).ids).toEqual(['BUS-1', 'BUS-2'])
  expect(await page({ q: 'bus', limit: 2, after: 'BUS-2' })).toMatchObject({ ids: ['VAN', 'bus-3'], next: null })
  expect((await page({ q: 'train' })).ids).toEqual([])
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

test('keys are looked through every ten seconds at the most, sooner while there are none', async () => {
  const keys = fleet()
  const { page, scans, wait } = setUp(keys)
  await Promise.all([page(), page()])
  expect(scans()).toBe(1)
  keys.set('wf:{d:A}', state('A'))
  wait(1_001)
  expect((await page()).ids).toEqual(['A'])
  keys.set('wf:{d:B}', state('B'))
  wait(9_999)
  expect((await page()).ids).toEqual(['A'])
  wait(1)
  expect((await page()).ids).toEqual(['A', 'B'])
  expect(scans()).toBe(3)
})

test('more devices than a node lists are cut, and that is told', async () => {
  const { page } = setUp(fleet(...Array.from({ length: 100_010 }, (_, i): [string] => [`D${i}`])))
  const { ids, complete } = await page({ limit: 500 })
  expect([ids.length, complete]).toEqual([500, false])
})
