import { expect, test } from 'vitest'
import { createIntake } from '../../../../server/devices/intake.ts'
import type { Call } from '../../../../wire/calls.ts'
import type { ReportedFix } from '../../../../wire/devices.ts'
import { noFaults } from '../../../support/faults.ts'
import { AWAY, fakePort, refusal } from './fake-port.ts'

const fix = (t: number, more: Partial<ReportedFix> = {}): ReportedFix => ({ t, lat: 30.25, lon: -97.75, ...more })
const CELL = 'other/0231301203311'
/** As the library answers a fix that was taken. */
const taken = (seq = 2, from = '') => [seq, 'e', 1, 0, '{"id":"BUS","n":1,"t":1,"lat":1,"lon":1}', CELL, from]

const setUp = (answers: Record<string, unknown | ((call: Call) => unknown)> = {}) => {
  const known: Record<string, unknown> = { wf1_device: taken(), wf2_device: taken(), wf1_life: [2, 'e', 3] }
  const redis = fakePort((call) => {
    const answer = { ...known, ...answers }[call.name] ?? [1, 'e', 1]
    return typeof answer === 'function' ? answer(call) : answer
  })
  const counted: string[] = []
  const clock = { now: 0 }
  const intake = createIntake({
    port: redis.port,
    count: (door, outcome) => counted.push(`${door} ${outcome}`),
    now: () => clock.now,
    faults: noFaults,
  })
  return { ...redis, ...intake, counted, clock }
}

test('a report is taken once the device, its cell and what it told are in Redis', async () => {
  const { report, named, counted } = setUp({ wf1_device: taken(7, 'other/0231301203310') })
  const heard = await report('BUS', { fixes: [fix(5, { n: 9 })], every: 10 }, 'http')
  expect(heard).toEqual({ accepted: 1, repeats: 0, refused: [], open: 3 })
  expect(named('wf1_device')[0]?.args.slice(0, 4)).toEqual([9, 5, 30.25, -97.75])
  expect(named('wf1_life')[0]?.args).toEqual(['', 10, '', '', 'http'])
  expect(named('wf1_place')).toHaveLength(1)
  expect(named('wf1_leave')).toHaveLength(1)
  expect(named('wf1_register')).toEqual([])
  expect(counted).toEqual(['http taken'])
})

test('a device of which nobody had heard is registered', async () => {
  const { report, named } = setUp({ wf1_device: taken(1) })
  await report('NEW', { fixes: [fix(5)] }, 'gtfs')
  expect(named('wf1_register')[0]?.args).toEqual(['NEW', '', '', ''])
})

test('one that only lives is registered, too, and has no cell', async () => {
  const { report, named } = setUp({ wf1_life: [1, 'e', 0] })
  expect(await report('NEW', {}, 'socket')).toEqual({ accepted: 0, repeats: 0, refused: [], open: 0 })
  expect(named('wf1_register')).toHaveLength(1)
  expect(named('wf1_place')).toEqual([])
})

test('what a device says of itself always goes to Redis; how it was heard, with fixes alone, once a minute', async () => {
  const { report, named, clock } = setUp()
  const lives = () => named('wf1_life').length
  const say = (t: number, more: object = {}) => report('BUS', { fixes: [fix(t)], ...more }, 'http')
  await say(1)
  expect(await say(2)).toMatchObject({ open: null })
  expect(lives()).toBe(1)
  await say(3, { parked: true })
  // Another node may have told otherwise meanwhile.
  await say(4, { parked: true })
  expect(lives()).toBe(3)
  clock.now = 60_000
  await say(5)
  expect(lives()).toBe(4)
  await report('BUS', { every: 20 }, 'http')
  expect(lives()).toBe(5)
})

test('a fix without a number gets one of its time and place, the same one each time', async () => {
  const { report, named } = setUp()
  for (const one of [fix(5), fix(5), fix(5, { lat: 30.26 }), fix(6)]) await report('BUS', { fixes: [one] }, 'osmand')
  const [first, again, elsewhere, later] = named('wf1_device').map(({ args }) => Number(args[0]))
  expect(again).toBe(first)
  expect(elsewhere).not.toBe(first)
  expect(Math.floor((first ?? 0) / 1000)).toBe(5)
  expect(Math.floor((later ?? 0) / 1000)).toBe(6)
})

test('reports of many go together, and those of one device one after the other', async () => {
  const { report, batches } = setUp()
  const ids = ['A', 'B', 'C', 'A', 'A']
  await Promise.all(ids.map((id, i) => report(id, { fixes: [fix(i + 1)] }, 'socket')))
  const steps = batches.map((calls) => calls.filter(({ name }) => name === 'wf1_device').map(({ args }) => args[1]))
  expect(steps.filter((times) => times.length > 0)).toEqual([[1, 2, 3], [4], [5]])
})

test.each([
  ['the device', { wf1_device: AWAY }],
  ['its signs of life', { wf1_life: AWAY }],
  ['its cell', { wf1_place: AWAY }],
])('while Redis is away for %s, it is to come again, and does', async (_what, answers) => {
  let away = true
  const [name = '', error] = Object.entries(answers)[0] ?? []
  const usual = { wf1_device: taken(), wf1_life: [2, 'e', 0], wf1_place: [1, 'e', 1] }[name]
  const { report, counted } = setUp({ [name]: () => (away ? error : usual) })
  const say = () => report('BUS', { fixes: [fix(1)], parked: true }, 'mqtt')
  expect(await say()).toMatchObject({ error: { code: 'unavailable' } })
  away = false
  expect(await say()).toMatchObject({ accepted: 1 })
  expect(counted).toEqual(['mqtt unavailable', 'mqtt taken'])
})

test('what can never be taken is refused, and counted', async () => {
  const { report, counted } = setUp({ wf1_device: refusal('a fix has ten values') })
  const many = Array.from({ length: 201 }, (_, i) => fix(i))
  for (const [id, fixes] of [
    ['BUS', [fix(1)]],
    [' BUS', [fix(1)]],
    ['BUS', many],
  ] as const)
    expect(await report(id, { fixes: [...fixes] }, 'nmea')).toMatchObject({ error: { code: 'bad_request' } })
  expect(counted).toEqual(['nmea refused', 'nmea refused', 'nmea refused'])
})

test('tells which fixes were refused, and which it knew', async () => {
  const { report, counted } = setUp({
    wf1_device: (call: Call) =>
      call.args.length > 8 ? [2, 'e', 1, 0, '', '', '', '1:time'] : [2, 'e', 0, 1, '', '', ''],
  })
  expect(await report('A', { fixes: [fix(1), fix(-1)] }, 'http')).toMatchObject({ accepted: 1, refused: ['1:time'] })
  expect(await report('A', { fixes: [fix(1)] }, 'http')).toMatchObject({ accepted: 0, repeats: 1 })
  expect(counted).toEqual(['http refused', 'http repeat'])
})

test('one device reports an hour of what it kept at once, and not for ever', async () => {
  const { report, clock } = setUp()
  const say = () => report('BUS', {}, 'http')
  const outcomes = await Promise.all(Array.from({ length: 620 }, say))
  const refused = outcomes.filter((outcome) => 'error' in outcome)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThanOrEqual(20)
  expect(refused[0]).toMatchObject({ error: { code: 'rate_limited' } })
  expect(await report('VAN', {}, 'http')).toMatchObject({ accepted: 0 })
  clock.now = 10_000
  expect(await say()).toMatchObject({ accepted: 0 })
})
