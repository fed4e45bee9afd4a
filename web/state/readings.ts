import type { DeviceDescription, Fix } from '../../wire/fleet.ts'
import { READINGS } from '../../wire/readings.ts'
import { NOTHING } from './format.ts'

/**
 * Something that fixes measure, as it is shown: what it is called, and how a value of it is written. `isSwitch`: it is
 * either so (1) or not (0).
 */
export type Measure = {
  name: string
  title: string
  of: (fix: Fix) => number | undefined
  write: (value: number) => string
  isSwitch: boolean
}

/** A value that was measured, and when (Unix ms, the device's clock). */
export type Measured = { t: number; value: number }

/** Figures that a fix has besides its readings. */
const BATTERY: Measure = {
  name: 'battery',
  title: 'Battery',
  of: ({ battery }) => (battery === undefined ? undefined : battery * 100),
  write: (value) => `${value.toFixed(0)}%`,
  isSwitch: false,
}
const SPEED: Measure = {
  name: 'speed',
  title: 'Speed',
  of: ({ speed }) => (speed === undefined ? undefined : speed * 3.6),
  write: (value) => `${value.toFixed(0)} km/h`,
  isSwitch: false,
}

const SWITCHES: ReadonlySet<string> = new Set(['door', 'ignition', 'charging'])
/** From so many metres on they are written as kilometres. */
const FAR = 10_000
/** Digits of a number whose reading says nothing of them. */
const DIGITS = 6

const withUnit = (text: string, unit: string): string =>
  unit === '' ? text : unit === '%' ? `${text}%` : `${text} ${unit}`

/** `unit`: of a reading that is not known. */
const writeReading = (name: string, value: number, unit: string): string => {
  const known = Object.hasOwn(READINGS, name) ? READINGS[name] : undefined
  if (SWITCHES.has(name)) return value === 1 ? 'Yes' : value === 0 ? 'No' : ''
  if (known?.unit === 'm' && Math.abs(value) >= FAR) return `${(value / 1000).toFixed(0)} km`
  const text = known ? value.toFixed(known.digits) : String(Number(value.toPrecision(DIGITS)))
  return withUnit(text, known?.unit ?? unit)
}

type Attributes = NonNullable<DeviceDescription['attributes']>

const ofReading = (name: string, attributes: Attributes): Measure => {
  const unit = attributes[`unit_${name}`]
  return {
    name,
    title: (Object.hasOwn(READINGS, name) ? READINGS[name]?.title : undefined) ?? name,
    of: ({ readings }) => readings?.[name],
    write: (value) => writeReading(name, value, typeof unit === 'string' ? unit : ''),
    isSwitch: SWITCHES.has(name),
  }
}

/** All that a device's fixes measure: battery and speed first, then its readings by name. */
export const measuresOf = (track: readonly Fix[], attributes: Attributes = {}): Measure[] => {
  const names = new Set<string>()
  for (const { readings = {} } of track) for (const name of Object.keys(readings)) names.add(name)
  const ours = [BATTERY, SPEED].filter(({ of }) => track.some((fix) => of(fix) !== undefined))
  return [...ours, ...[...names].toSorted().map((name) => ofReading(name, attributes))]
}

/** What was measured in turn, oldest first. Fixes without it are left out. */
export const seriesOf = ({ of }: Measure, track: readonly Fix[]): Measured[] =>
  track.flatMap((fix) => {
    const value = of(fix)
    return value === undefined ? [] : [{ t: fix.t, value }]
  })

/** A device reports readings in turns: what is older than this beside its newest fix is told with its age, in ms. */
const SAME_TIME = 5000

/** The newest value of each of the device's readings, battery and speed left to whoever shows those anyway. */
export const latestReadings = (
  track: readonly Fix[],
  attributes?: Attributes,
): { name: string; title: string; text: string; t: number; old: boolean }[] => {
  const newest = track.at(-1)?.t ?? 0
  return measuresOf(track, attributes)
    .filter((measure) => measure.name !== 'battery' && measure.name !== 'speed')
    .flatMap((measure) => {
      const last = seriesOf(measure, track).at(-1)
      if (last === undefined) return []
      const { name, title, write } = measure
      return [{ name, title, text: write(last.value), t: last.t, old: newest - last.t > SAME_TIME }]
    })
}

/** The place of the value that was measured nearest to a time; -1: there is none. */
export const nearestAt = (series: readonly Measured[], t: number): number => {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (const [i, { t: at }] of series.entries()) {
    const far = Math.abs(at - t)
    if (far < least) [best, least] = [i, far]
  }
  return best
}

/** A place of a line: a time and a value; NaN where the line has a hole. */
export type Point = { x: number; y: number }
/** What of time the lines show, Unix milliseconds. */
export type Span = { from: number; to: number }

/** Where nothing was measured for longer than so many usual gaps, and than so long (ms), the line has a hole. */
const HOLE = 6
const LEAST_HOLE = 60_000

/** The line of what was measured. */
export const pointsOf = (series: readonly Measured[]): Point[] => {
  const gaps = series.slice(1).map(({ t }, i) => t - (series[i]?.t ?? t))
  const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0
  const most = Math.max(LEAST_HOLE, usual * HOLE)
  return series.flatMap(({ t, value }, i) => {
    const point = { x: t, y: value }
    const before = series[i - 1]
    return before && t - before.t > most ? [{ x: before.t + 1, y: Number.NaN }, point] : [point]
  })
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const STEPS = [1, 2, 5, 10, 15, 30, 60].map((minutes) => minutes * MINUTE)
const MOST_STEPS = 4

/** From one mark of the time axis to the next, in milliseconds. */
const stepOf = (span: number): number =>
  STEPS.find((step) => span / step <= MOST_STEPS) ?? Math.ceil(span / MOST_STEPS / HOUR) * HOUR

/** The marks of the time axis, at round times, and few of them. */
export const timeMarks = ({ from, to }: Span): number[] => {
  const step = stepOf(to - from)
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step)
}

/** What a line shows, for those who do not see it. */
export const lineInWords = ({ title, write }: Measure, series: readonly Measured[]): string => {
  const [first, last] = [series[0], series.at(-1)]
  if (!first || !last) return `${title}: ${NOTHING}`
  const values = series.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return `${title}: ${write(last.value)} now, from ${write(low)} to ${write(high)} in the time shown`
}
