import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFollow } from '../../../../web/state/desk/follow.ts'
import { formatScreen, lookedAt, parseScreen } from '../../../../web/state/desk/screen-place.ts'
import { createScreens } from '../../../../web/state/desk/screens.ts'
import { createTelling } from '../../../../web/state/desk/telling.ts'
import type { Place } from '../../../../web/state/place.ts'
import { FIRST_PLACE } from '../../../../web/state/prefs.ts'
import type { DoneReply, HereRequest } from '../../../../wire/rooms.ts'
import { isName } from '../../../../wire/topics.ts'

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isName)

describe('a screen', () => {
  test('comes to others as it is, whatever it shows', () => {
    const place = fc.record({
      workspace: fc.constantFrom('markets', 'split', 'fleet'),
      symbol: name,
      interval: fc.constantFrom('1m', '1h'),
      device: fc.option(name),
    })
    const map = fc.record({
      lat: fc.double({ min: -85, max: 85, noNaN: true }),
      lon: fc.double({ min: -180, max: 180, noNaN: true }),
      zoom: fc.integer({ min: 3, max: 18 }),
    })
    const moment = fc.option(fc.tuple(fc.nat(4e12), fc.constantFrom(0, 1, 64)))
    fc.assert(
      fc.property(place, fc.option(map), moment, (shown, seen, past) => {
        const [at, speed] = past ?? [undefined, 0]
        const where = { ...shown, at } as Place
        const parsed = parseScreen(formatScreen({ place: where, map: seen, speed: speed as 0 | 1 }), FIRST_PLACE)
        expect(parsed.place).toEqual(where)
        expect(parsed.speed).toBe(speed)
        const visible = where.workspace === 'markets' ? null : seen
        expect(parsed.map === null).toBe(visible === null)
        if (parsed.map === null || visible === null) return
        expect(Math.abs(parsed.map.lat - visible.lat)).toBeLessThan(1e-5)
        expect(Math.abs(parsed.map.lon - visible.lon)).toBeLessThan(1e-5)
        expect(parsed.map.zoom).toBe(visible.zoom)
      }),
    )
  })
  test('from an address that makes no sense shows no map', () => {
    for (const address of ['#/fleet?map=x', '#/fleet?map=91,0,3', '#/fleet?map=1,2', '#/fleet'])
      expect(parseScreen(address, FIRST_PLACE).map).toBeNull()
    expect(parseScreen('#/fleet?at=2026-11-30T08:15:00Z&speed=3', FIRST_PLACE).speed).toBe(0)
  })
  test('is one topic to those who only see who is here', () => {
    const at = (change: Partial<Place>) => lookedAt({ ...FIRST_PLACE, symbol: 'X', ...change })
    expect(at({})).toBe('s:X')
    expect(at({ workspace: 'fleet' })).toBe('r:devices')
    expect(at({ workspace: 'fleet', device: 'B' })).toBe('d:B')
    expect(at({ workspace: 'markets', symbol: null })).toBeNull()
  })
})

test('this screen goes where the other one does, from the first word until it is stopped', () => {
  const screens = createScreens()
  const moved: string[] = []
  const follow = createFollow({ screens, move: (place) => void moved.push(place) })
  const end = follow.start()
  follow.follow({ id: 'bob', name: 'Bob' })
  expect([follow.shows(), follow.place()]).toEqual([null, null])
  screens.snapshot('bob', { screen: { t: 1, place: '#/split/A/1m' } })
  screens.update('eve', { screen: { t: 1, place: '#/split/EVIL/1m' } })
  screens.update('bob', { screen: { t: 2, place: '#/split/B/1m' } })
  // What goes on to those who follow us is what we follow, to the letter: two who follow each other come to rest.
  expect([follow.shows(), follow.place()]).toEqual([true, '#/split/B/1m'])
  screens.update('bob', { screen: null })
  expect([follow.shows(), follow.place()]).toEqual([false, null])
  follow.stop()
  screens.update('bob', { screen: { t: 3, place: '#/split/C/1m' } })
  expect([moved, follow.leader.value]).toEqual([['#/split/A/1m', '#/split/B/1m'], null])
  end()
})

describe('what is told to others', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const setUp = (replies: (DoneReply | Error)[] = []) => {
    const asked: HereRequest[] = []
    const state = { ready: true, steady: 0 }
    const telling = createTelling({
      here: async (request) => {
        asked.push(request)
        const reply = replies.shift() ?? { done: true }
        if (reply instanceof Error) throw reply
        return reply
      },
      ready: () => state.ready,
      steady: () => state.steady,
    })
    return { telling, asked, state }
  }

  test('is what has changed, the last of it, and not too often', async () => {
    const { telling, asked } = setUp()
    telling.connected()
    for (let i = 0; i < 20; i++) {
      telling.tell({ on: 's:A', place: `#/split/A/${i}` })
      await vi.advanceTimersByTimeAsync(50)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked.length).toBeLessThanOrEqual(5)
    expect(asked[0]).toMatchObject({ on: 's:A' })
    expect(asked.at(-1)).toEqual({ place: '#/split/A/19' })
  })
  test('is told once more where it failed, and all of it on a new connection', async () => {
    const { telling, asked, state } = setUp([{ error: { code: 'rate_limited', message: '' } }, new Error('gone')])
    telling.tell({ on: 's:A', place: null })
    await vi.advanceTimersByTimeAsync(400)
    telling.tick()
    await vi.advanceTimersByTimeAsync(10)
    telling.tick()
    await vi.advanceTimersByTimeAsync(10)
    telling.tick()
    await vi.advanceTimersByTimeAsync(10)
    expect(asked).toEqual([1, 2, 3].map(() => ({ on: 's:A' })))
    state.ready = false
    telling.connected()
    await vi.advanceTimersByTimeAsync(400)
    expect(asked).toHaveLength(3)
    state.ready = true
    telling.tick()
    await vi.advanceTimersByTimeAsync(10)
    expect(asked.at(-1)).toEqual({ on: 's:A', place: null })
  })
  test('is nothing where nothing is to be seen, unless something was', async () => {
    const { telling, asked } = setUp()
    const nothing = { on: null, place: null }
    telling.tell(nothing)
    telling.connected()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toEqual([])
    telling.tell({ on: 's:A', place: '#/split/A/1m' })
    await vi.advanceTimersByTimeAsync(1_000)
    telling.tell(nothing)
    telling.connected()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked.slice(1)).toEqual([nothing])
  })
  test('that one writes is told every three seconds, and anew after a message', async () => {
    const { telling, asked, state } = setUp()
    for (const at of [0, 1_000, 2_900, 3_000, 3_100]) {
      state.steady = at
      telling.typing('m:desk')
    }
    expect(asked).toHaveLength(2)
    telling.wrote()
    telling.typing('m:desk')
    telling.typing('m:s:A')
    expect(asked.slice(2)).toEqual([{ typing: 'm:desk' }, { typing: 'm:s:A' }])
  })
})
