import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Here, hereCall, MOST_TOLD, showCall } from '../../../server/rooms/calls.ts'
import type { PresenceSnapshot, PresenceUpdate, ScreenSnapshot } from '../../../wire/rooms.ts'
import { type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { flushEverything, installEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

const PRESENCE: Topic = 'p:floor'
const LONG = 60_000

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())
beforeEach(async () => {
  await flushEverything(floor.redis)
  await installEverywhere(floor.redis)
})

const SINCE = Date.now() - 10_000
const person = (id: string, on: string | null = null, since = SINCE): Here => ({
  id,
  name: id.toUpperCase(),
  since,
  on,
})
const tell = async (node: string, people: Here[], lease = LONG, sweeps = true): Promise<[number, number]> =>
  (await floor.run(hereCall(node, lease, sweeps, people))) as [number, number]
const here = async () => {
  const { snapshot } = await floor.snapshot<PresenceSnapshot>(PRESENCE)
  return snapshot.here.sort((a, b) => a.id.localeCompare(b.id))
}
const shown = ({ id, name, since, on }: Here) => ({ id, name, since, ...(on !== null && { on }) })
const told = async (listener: Awaited<ReturnType<Floor['listen']>>): Promise<PresenceUpdate[]> => {
  const updates = await listener.updates()
  await listener.stop()
  return updates.map((update) => ({
    ...(update.here && { here: update.here }),
    ...(update.gone && { gone: update.gone }),
  }))
}

it('a person comes once, however many nodes tell of them, and is told again only where something changes', async () => {
  const listener = await floor.listen(PRESENCE)
  expect(await tell('a', [person('ann'), person('bob', 's:AAPL')])).toEqual([2, 0])
  expect(await tell('a', [person('ann'), person('bob', 's:AAPL')])).toEqual([0, 0])
  expect(await tell('b', [person('ann', null, SINCE + 5000)])).toEqual([0, 0])
  expect(await tell('b', [])).toEqual([0, 0])
  expect(await tell('b', [person('ann', 'd:BUS-1', SINCE + 5000)])).toEqual([1, 0])
  expect(await told(listener)).toEqual([
    { here: [shown(person('ann')), shown(person('bob', 's:AAPL'))] },
    { here: [shown(person('ann', 'd:BUS-1'))] },
  ])
  expect(await here()).toEqual([shown(person('ann', 'd:BUS-1')), shown(person('bob', 's:AAPL'))])
})

it('shows what a person looked at last, on whichever node', async () => {
  const on = async () => (await here())[0]?.on
  await tell('a', [person('ann', 's:A')])
  await sleep(2)
  await tell('b', [person('ann', 's:B')])
  expect(await on()).toBe('s:B')
  // Told again, but not changed.
  await sleep(2)
  await tell('a', [person('ann', 's:A')])
  expect(await on()).toBe('s:B')
  await sleep(2)
  await tell('a', [person('ann', 's:C')])
  expect(await on()).toBe('s:C')
  await sleep(2)
  await tell('a', [person('ann')])
  expect(await on()).toBe('s:B')
  await tell('b', [person('ann')])
  expect(await on()).toBeUndefined()
})

it('whose node is killed is gone once the lease is over, by the next call of any node', async () => {
  await tell('killed', [person('ann'), person('bob')], 300)
  await tell('b', [person('bob')])
  const listener = await floor.listen(PRESENCE)
  const gone = async () => (await tell('b', []))[1] === 1
  await eventually('somebody is gone', gone, { everyMs: 20 })
  expect(await told(listener)).toEqual([{ gone: ['ann'] }])
  expect(await here()).toEqual([shown(person('bob'))])
  expect(await floor.redis.hkeys(topicPart(PRESENCE, 'tabs'))).toEqual(['bob'])
})

it('a person who moves to another node stays since the beginning, without a word', async () => {
  await tell('a', [person('ann')])
  const listener = await floor.listen(PRESENCE)
  await tell('a', [person('ann')], 300) // their last tab is closed
  await tell('b', [person('ann', null, SINCE + 9000)])
  await sleep(400)
  await tell('b', [person('ann', null, SINCE + 9000)])
  expect(await told(listener)).toEqual([])
  expect(await here()).toEqual([shown(person('ann'))])
})

it('what somebody looked at on a node that is gone is forgotten with the next word of them', async () => {
  await tell('killed', [person('ann', 's:A')], 100)
  await tell('b', [person('ann')])
  expect((await here())[0]).toMatchObject({ on: 's:A' })
  await sleep(150)
  await tell('b', [person('ann')])
  expect((await here())[0]).not.toHaveProperty('on')
})

it('only a node that may drop others does', async () => {
  await tell('a', [person('ann')], 1)
  await sleep(20)
  expect(await tell('b', [person('bob')], LONG, false)).toEqual([1, 0])
  expect(await here()).toHaveLength(2)
  // Whoever is told of again was not gone.
  expect(await tell('a', [person('ann')])).toEqual([0, 0])
  expect(await here()).toHaveLength(2)
})

it('a cursor gets who came and went since', async () => {
  await tell('a', [person('ann')])
  const { cursor } = await floor.snapshot(PRESENCE)
  await tell('a', [person('bob')], 1)
  await sleep(20)
  await tell('a', [person('eve')])
  expect(await floor.read(PRESENCE, cursor)).toMatchObject({
    kind: 'replay',
    updates: [{ here: [{ id: 'bob' }] }, { here: [{ id: 'eve' }], gone: ['bob'] }],
  })
})

it('shows five thousand people, and no more', async () => {
  const people = Array.from({ length: 5010 }, (_, i) => person(`p${i}`))
  for (let i = 0; i < people.length; i += MOST_TOLD) await tell('a', people.slice(i, i + MOST_TOLD))
  expect(await here()).toHaveLength(5000)
  expect(await tell('a', people.slice(0, 1))).toEqual([0, 0])
})

it('refuses what is nobody', async () => {
  const wrong = [
    hereCall('a', 0, true, []),
    hereCall('a', 61_000, true, []),
    hereCall('x'.repeat(201), 1, true, []),
    hereCall('a', LONG, true, [person('Ann')]),
    hereCall('a', LONG, true, [person('ann', 'nothing')]),
    hereCall('a', LONG, true, [person('ann', 's:"')]),
    hereCall('a', LONG, true, [{ ...person('ann'), since: 0 }]),
    hereCall('a', LONG, true, [{ ...person('ann'), name: 'x'.repeat(241) }]),
    hereCall('a', LONG, true, Array(MOST_TOLD + 1).fill(person('ann'))),
    { ...hereCall('a', LONG, true, []), args: ['a', LONG, '1', 'ann', 'Ann', SINCE] },
    { ...hereCall('a', LONG, true, []), args: [] },
    showCall('ann', 'x'.repeat(2001)),
  ]
  for (const call of wrong) await expect(floor.run(call), JSON.stringify(call)).rejects.toThrow(/^WFARG/)
  expect((await floor.snapshot(PRESENCE)).cursor).toEqual({ epoch: '', seq: 0 })
})

it('a screen is what was shown last; nothing is shown where that is so', async () => {
  const [topic, show] = ['v:ann' as Topic, (place: string | null) => floor.run(showCall('ann', place))]
  const screen = async () => (await floor.snapshot<ScreenSnapshot>(topic)).snapshot.screen
  const listener = await floor.listen(topic)
  expect(await screen()).toBeNull()
  await show('')
  expect(await screen()).toEqual({ t: expect.any(Number), place: '' })
  const { cursor } = await floor.snapshot(topic)
  await show('s=AAPL&i=5m "x" \\')
  expect(await screen()).toMatchObject({ place: 's=AAPL&i=5m "x" \\' })
  // One place says it all: nothing is replayed.
  expect(await floor.read(topic, cursor)).toMatchObject({ kind: 'snapshot', cursor: { seq: 2 } })
  await show(null)
  expect(await screen()).toBeNull()
  expect((await listener.updates()).map(({ screen: one }) => one?.place)).toEqual(['', 's=AAPL&i=5m "x" \\', undefined])
  await listener.stop()
  const left = await floor.redis.ttl(topicKey(topic))
  expect(left).toBeGreaterThan(80_000)
})
