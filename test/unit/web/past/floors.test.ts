import { expect, test } from 'vitest'
import { FIRST_PLACE } from '../../../../web/state/prefs.ts'
import { eventually } from '../../../support/eventually.ts'
import { openNode, openPage, T } from './two-floors.ts'

test('a link into the past opens a floor of then, which goes to other moments, and back to now', async () => {
  const joined = await openNode()
  const { live, floors, asked, price } = openPage({ ...FIRST_PLACE, workspace: 'markets', symbol: 'X', at: T })
  await eventually('the price of then', () => price() === T)
  const past = floors.seen.value
  expect([past.past?.moment.value, past.now(), past.commands]).toEqual([T, T, null])
  expect([live.desk?.rights.says('m:desk'), past.desk?.rights.says('m:desk')]).toEqual([true, false])
  // The live floor is there, and watches nothing of the place.
  await eventually('the node says so', () => joined['/'].length === 1)
  expect(joined['/'][0]?.watched.has('s:X')).toBe(false)
  const candles = asked.filter((path) => path.includes('candles'))
  expect(candles.length).toBeGreaterThan(0)
  expect(candles.filter((path) => !path.endsWith(`&at=${T}`))).toEqual([])

  past.goTo(T - 60_000)
  await eventually('the price of then', () => price() === T - 60_000)
  await eventually('the node says so', () => past.past?.phase.value === 'ready')
  expect([live.place.value.at, joined['/past'].length]).toEqual([T - 60_000, 1])
  expect(asked).toContain(`/api/symbols?at=${T - 60_000}`)
  expect(past.link.incidents.value.map(({ text }) => text)).toEqual(['Connected to node one'])

  // The connection breaks: the next one begins there.
  past.past?.play(2)
  await eventually('the node says so', () => joined['/past'][0]?.clock.speed === 2)
  const [before] = joined['/past']
  before?.socket.disconnect(true)
  await eventually('another connection', () => joined['/past'].some(({ socket }) => socket !== before?.socket))
  const again = joined['/past'].at(-1)?.clock
  expect(again?.speed).toBe(2)
  expect(again?.at).toBeGreaterThanOrEqual(T - 60_000)
  expect(again?.at).toBeLessThan(T)

  past.past?.live()
  await eventually('the node says so', () => joined['/past'].length === 0)
  expect([floors.seen.value === live, live.place.value.at]).toEqual([true, undefined])
  await eventually('the live floor watches again', () => joined['/'][0]?.watched.has('s:X'))
  await eventually('the price of then', () => (price() ?? 0) > T + 1)
})

test('each way into the past is a new floor, and none of them leaves anything behind', async () => {
  const joined = await openNode()
  const { live, floors, price } = openPage({ ...FIRST_PLACE, workspace: 'markets', symbol: 'X' })
  await eventually('the price of then', () => (price() ?? 0) > T)
  for (let i = 1; i <= 3; i++) {
    live.goTo(T + i)
    await eventually('the price of then', () => price() === T + i)
    expect(floors.seen.value.past?.speed.value).toBe(0)
    live.go({ at: undefined })
    expect(floors.seen.value).toBe(live)
    await eventually('the node says so', () => joined['/past'].length === 0)
  }
  expect(joined['/']).toHaveLength(1)
})

test('a colleague who is followed leads into the past, at their pace, until one touches the floor; and out of it', async () => {
  const joined = await openNode()
  const { live, floors, price } = openPage({ ...FIRST_PLACE, workspace: 'markets', symbol: 'X' })
  await eventually('a price', () => price())
  joined.shown = '#/markets/X/1m?at=2020-11-30T08:15:00Z&speed=8'
  live.desk?.follow.follow({ id: 'bob', name: 'Bob' })
  await eventually('Bob’s moment', () => price() === T)
  expect(floors.seen.value.past?.speed.value).toBe(8)
  expect(joined['/past'][0]?.clock).toEqual({ at: T, speed: 8 })
  expect(floors.seen.value.follow?.leader.value?.id).toBe('bob')
  // He stops to look.
  const [seat] = joined['/']
  const screen = (place: string, seq: number) =>
    seat?.socket.emit('updates', [{ topic: 'v:bob', epoch: 'past-1', seq, at: 1, screen: { t: seq, place } }])
  screen('#/markets/X/1m?at=2020-11-30T08:16:40Z', 2)
  await eventually('Bob’s next moment', () => price() === T + 100_000)
  await eventually('it stands still', () => joined['/past'][0]?.clock.speed === 0)
  expect([live.place.value.at, floors.seen.value.past?.moment.value]).toEqual([T + 100_000, T + 100_000])
  screen('#/markets/X/1m', 3)
  await eventually('now', () => floors.seen.value === live)
  screen('#/markets/X/1m?at=2020-11-30T08:15:00Z', 4)
  await eventually('Bob’s first moment', () => price() === T)
  floors.seen.value.go({ interval: '5m' })
  expect(live.desk?.follow.leader.value).toBeNull()
  expect(live.place.value).toMatchObject({ interval: '5m', at: T })
})
