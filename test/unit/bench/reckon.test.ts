import { expect, it } from 'vitest'
import { BUSY, reckon, reckonTable, slopesOf } from '../../bench/scale/reckon.ts'

const slopes = {
  perSecond: 10_000,
  perDelivery: 1,
  perFrame: 10,
  perMessage: 10,
  perFlush: 100,
  kbPerClient: 40,
  bytesPerDelivery: 150,
  redisPerUpdate: 100,
  redisPerNode: 2,
}
const floor = { what: '', clients: 1_000_000, topics: 4000, each: 20, rate: 1 }

it('gives each node as many clients as its share of a core serves', () => {
  const { clientsPerNode, nodes, clientMicros, intake } = reckon(floor, slopes)
  const used = 10_000 + 20 * 100 + 4000 * 10 + clientsPerNode * clientMicros
  expect(used).toBeLessThanOrEqual(BUSY * 1e6)
  expect(used + clientMicros).toBeGreaterThan(BUSY * 1e6)
  expect(nodes).toBe(Math.ceil(1_000_000 / clientsPerNode))
  expect(intake).toBeCloseTo(0.04)
})

it('counts what every node more costs Redis', () => {
  const { nodes, redisCores, primaries } = reckon(floor, slopes)
  expect(redisCores).toBeCloseTo((4000 * (100 + 2 * nodes)) / 1e6)
  expect(primaries).toBe(Math.ceil(redisCores / BUSY))
})

it('says that no number of nodes helps where one cannot take all updates in', () => {
  expect(reckon({ ...floor, rate: 100 }, slopes)).toMatchObject({ clientsPerNode: 0, nodes: Number.POSITIVE_INFINITY })
})

it('reckons with measured figures only', () => {
  expect(slopesOf({ 'scale.microsPerFrame': 10 })).toBe(null)
  expect(reckonTable(slopes).rows).toHaveLength(3)
})
