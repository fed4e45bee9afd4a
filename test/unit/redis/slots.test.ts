import { expect, it } from 'vitest'
import { SLOTS, slotOf } from '../../../redis/slots.ts'
import { readShards, type ShardsReply } from '../../../server/redis/shards.ts'

it('knows the slots that the Cluster specification and redis-server give', () => {
  // CLUSTER KEYSLOT of Redis 7.0.15; 0x31C3 is the specification's own example of its CRC.
  expect(slotOf('123456789')).toBe(0x31c3)
  expect(slotOf('')).toBe(0)
  expect(slotOf('foo')).toBe(12_182)
  expect(slotOf('foo{}{bar}')).toBe(8363)
  expect(slotOf('foo{{bar}}zap')).toBe(4015)
  expect(slotOf('wf:{s:BTC/USD}')).toBe(8333)
  expect(slotOf('wf:{s:株式.T}')).toBe(10_568)
  expect(slotOf('wf:{d:Ünïcode 🚌}')).toBe(14_621)
})

it('takes the hash tag only, so that a topic and all its parts are in one slot', () => {
  expect(slotOf('wf:{s:AAPL}:log')).toBe(slotOf('wf:{s:AAPL}'))
  expect(slotOf('wf:{s:AAPL}')).toBe(slotOf('s:AAPL'))
})

const node = (port: number, role: string, health: string, more: (string | number)[] = []) => [
  ...['id', `n${port}`, 'port', port, 'ip', '10.0.0.1', 'endpoint', '10.0.0.1', 'role', role],
  ...['replication-offset', 0, 'health', health],
  ...more,
]
const asked = { host: 'seed', tls: false }

it('reads who owns what: a primary that failed while its slots are still its own, one without slots only while it is there', () => {
  const reply: ShardsReply = [
    ['slots', [0, 5460, 7000, 7000], 'nodes', [node(1, 'master', 'fail'), node(4, 'replica', 'online')]],
    ['slots', [5461, 6999, 7001, SLOTS - 1], 'nodes', [node(5, 'replica', 'loading'), node(2, 'master', 'online')]],
    ['slots', [], 'nodes', [node(3, 'master', 'online')]],
    ['slots', [], 'nodes', [node(6, 'master', 'fail')]],
  ]
  const { primaries, owning, owners } = readShards(reply, asked)
  expect(primaries).toEqual(['10.0.0.1:1', '10.0.0.1:2', '10.0.0.1:3'])
  expect(owning).toEqual(['10.0.0.1:1', '10.0.0.1:2'])
  expect([0, 5460, 5461, 6999, 7000, 7001, SLOTS - 1].map((slot) => owners[slot]?.slice(-1))).toEqual([...'1122122'])
})

it('knows a slot that nobody owns', () => {
  const { owners } = readShards([['slots', [0, 99], 'nodes', [node(1, 'master', 'online')]]], asked)
  expect([owners[99], owners[100]]).toEqual(['10.0.0.1:1', undefined])
})

it('takes the host that was asked for one that does not know its own address, and the port for TLS under TLS', () => {
  const unknown = ['endpoint', '?', 'role', 'master', 'health', 'online', 'port', 7000, 'tls-port', 7443]
  const reply: ShardsReply = [['slots', [0, 1], 'nodes', [unknown]]]
  expect(readShards(reply, asked).primaries).toEqual(['seed:7000'])
  expect(readShards(reply, { host: 'seed', tls: true }).primaries).toEqual(['seed:7443'])
})
