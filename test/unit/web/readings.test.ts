import { expect, test } from 'vitest'
import {
  latestReadings,
  lineInWords,
  measuresOf,
  nearestAt,
  pointsOf,
  seriesOf,
  timeMarks,
} from '../../../web/state/readings.ts'
import type { Fix } from '../../../wire/fleet.ts'

const fix = (t: number, readings?: Record<string, number>, more: Partial<Fix> = {}): Fix => ({
  ...{ id: 'VAN', n: t, t, lat: 30, lon: -97 },
  ...(readings && { readings }),
  ...more,
})
const TRACK = [
  fix(1000, { fuel: 60, door: 0 }, { battery: 0.5, speed: 10 }),
  fix(2000, { fuel: 59.5, cargo_weight: 812.5, odometer: 123_456 }),
  fix(3000, { fuel: 59, door: 1 }, { battery: 0.49 }),
]
const texts = (track: Fix[], attributes = {}) =>
  Object.fromEntries(latestReadings(track, attributes).map(({ name, text }) => [name, text]))

test('battery and speed are measured as well, and come first', () => {
  expect(measuresOf(TRACK).map(({ name }) => name)).toEqual([
    'battery',
    'speed',
    'cargo_weight',
    'door',
    'fuel',
    'odometer',
  ])
  expect(measuresOf([fix(1)])).toEqual([])
})

test('each reading is told as it was last, with its unit, whichever fix had it', () => {
  expect(texts(TRACK)).toEqual({ fuel: '59%', door: 'Yes', cargo_weight: '812.5', odometer: '123 km' })
  expect(texts(TRACK, { unit_cargo_weight: 'kg' })).toMatchObject({ cargo_weight: '812.5 kg' })
  expect(texts([fix(1, { temperature: -3.26, voltage: 12 })])).toEqual({ temperature: '-3.3 °C', voltage: '12.0 V' })
})

test('a reading of an earlier report says so', () => {
  const late = [fix(1000, { fuel: 60 }), fix(20_000, { door: 0 })]
  expect(latestReadings(late).map(({ name, old }) => [name, old])).toEqual([
    ['door', false],
    ['fuel', true],
  ])
})

test('what others call like something of every object is a reading as any', () => {
  expect(texts([fix(1, { constructor: 5 })])).toEqual({ constructor: '5' })
})

test('a line has the fixes that measured it, in order', () => {
  const [battery] = measuresOf(TRACK)
  if (battery === undefined) throw new Error('no battery')
  const series = seriesOf(battery, TRACK)
  expect(series).toEqual([
    { t: 1000, value: 50 },
    { t: 3000, value: 49 },
  ])
  expect([nearestAt(series, 0), nearestAt(series, 1900), nearestAt(series, 2100), nearestAt([], 5)]).toEqual([
    0, 0, 1, -1,
  ])
  expect(lineInWords(battery, series)).toBe('Battery: 49% now, from 49% to 50% in the time shown')
  expect(lineInWords(battery, [])).toBe('Battery: –')
})

test('a line has a hole where nothing was measured for long, and none where that is usual', () => {
  const at = (...seconds: number[]) => pointsOf(seconds.map((t) => ({ t: t * 1000, value: 5 })))
  expect(at(0, 10, 20, 500, 510)).toEqual([
    { x: 0, y: 5 },
    { x: 10_000, y: 5 },
    { x: 20_000, y: 5 },
    { x: 20_001, y: Number.NaN },
    { x: 500_000, y: 5 },
    { x: 510_000, y: 5 },
  ])
  expect(at(0, 300, 600, 1200)).toHaveLength(4)
  expect([at(7), at()]).toEqual([[{ x: 7000, y: 5 }], []])
})

test('the time axis has few marks, at round times', () => {
  const marks = (from: number, to: number) =>
    timeMarks({ from: from * 60_000, to: to * 60_000 }).map((mark) => mark / 60_000)
  expect(marks(7.2, 40.1)).toEqual([10, 20, 30, 40])
  expect(marks(7.2, 52)).toEqual([15, 30, 45])
  expect(marks(61, 62.5)).toEqual([61, 62])
  expect(marks(7.2, 7.3)).toEqual([])
  expect(marks(0, 1440)).toEqual([0, 360, 720, 1080, 1440])
})
