import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import { createLink } from '../../../../web/state/link.ts'
import { createPastClock, type Pace } from '../../../../web/state/past/past-clock.ts'

const MOMENT = Date.UTC(2026, 10, 30, 8, 15)

const setUp = (speed: Pace = 0) => {
  let steady = 0
  const pace = signal<Pace>(speed)
  const clock = createPastClock(MOMENT, pace, () => steady)
  const at = () => clock.now() - MOMENT
  const pass = (ms: number): void => {
    steady += ms
  }
  return { clock, pace, at, pass }
}

test('a clock stands still until a node runs it, goes on as fast as it is told, and stands where the connection broke', () => {
  const { clock, at, pass } = setUp(8)
  pass(1_000)
  expect(at()).toBe(0)
  clock.ofLink.stamped(MOMENT + 10, 0)
  pass(1_000)
  expect(at()).toBe(8_010)
  clock.tell({ at: MOMENT + 20_000, speed: 64 })
  pass(100)
  expect(at()).toBe(26_400)
  clock.lose()
  pass(60_000)
  expect(at()).toBe(26_400)
  // The next connection begins there.
  clock.ofLink.stamped(MOMENT + 26_400, 0)
  pass(1)
  expect(at()).toBe(26_408)
})

test('what was sent before it is moved counts no more', () => {
  const { clock, at, pass } = setUp(1)
  clock.ofLink.stamped(MOMENT, 0)
  clock.move(MOMENT - 500_000)
  clock.ofLink.stamped(MOMENT + 100, 0)
  clock.ofLink.arrived(MOMENT + 200, 0)
  pass(300)
  expect(at()).toBe(-500_000)
  clock.tell({ at: MOMENT - 500_000, speed: 1 })
  pass(300)
  expect(at()).toBe(-499_700)
})

test('heartbeats set it where it is off, and an update tells that it is at least there', () => {
  const { clock, at, pass } = setUp(1)
  clock.ofLink.stamped(MOMENT, 0)
  pass(10_000)
  clock.ofLink.stamped(MOMENT + 9_900, 0)
  expect(at()).toBe(10_000)
  clock.ofLink.stamped(MOMENT + 7_000, 0)
  expect(at()).toBe(7_000)
  clock.ofLink.arrived(MOMENT + 6_000, 0)
  expect(at()).toBe(7_000)
  clock.ofLink.arrived(MOMENT + 7_050, 0)
  expect(at()).toBe(7_050)
})

test('the health of the link goes by real time, and what is shown by the moment', () => {
  const { clock } = setUp(64)
  let now = 1_000_000
  const link = createLink(() => now, clock.ofLink)
  link.become({ phase: 'live' })
  link.hello({ node: 'one', version: '1', at: MOMENT, heartbeatMs: 1_000 })
  link.catchUp(true)
  now += 2_000
  link.beat(MOMENT + 128_000)
  now += 2_000
  link.tick()
  expect([link.health.value, link.dead()]).toEqual(['live', false])
  now += 700
  link.tick()
  expect(link.health.value).toBe('silent')
  now += 1_000
  expect(link.dead()).toBe(true)
  expect([link.clock.offset(), link.clock.serverTime(MOMENT), link.delay.value]).toEqual([0, MOMENT, null])
  expect(link.incidents.value[0]?.at).toBe(1_004_700)
})
