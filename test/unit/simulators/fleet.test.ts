import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACCELERATION, createBus, lineOf, place, stepBus } from '../../../simulators/fleet/bus.ts'
import { createFleet, type FleetOptions, type Sending } from '../../../simulators/fleet/fleet.ts'
import { readCircuits } from '../../../simulators/fleet/network.ts'
import { createLine, offset, positionAt } from '../../../simulators/fleet/routes.ts'
import { createRandom } from '../../../simulators/random.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { isNewer } from '../../../wire/fleet.ts'
import { isName } from '../../../wire/topics.ts'

const circuits = readCircuits(readFileSync(new URL('../../../data/austin-routes.json', import.meta.url), 'utf8'))
const START = Date.UTC(2026, 0, 5, 12)
const options = (more: Partial<FleetOptions> = {}): FleetOptions => ({
  circuits,
  devices: 40,
  seed: 1,
  interval: 2,
  firstNumber: 5000,
  start: START,
  ...more,
})

const drive = (given: FleetOptions, seconds: number): Sending[] => {
  const fleet = createFleet(given)
  return Array.from({ length: seconds * 4 }, (_, i) => fleet.step(START + (i + 1) * 250)).flat()
}
const byDevice = (sendings: readonly Sending[]): Map<string, Fix[]> => {
  const fixes = new Map<string, Fix[]>()
  for (const sending of sendings) {
    const known = fixes.get(sending.id)
    if (known) known.push(...sending.fixes)
    else fixes.set(sending.id, [...sending.fixes])
  }
  return fixes
}

/** Metres from a position to a leg of a line, both given as [lat, lon]. */
const toLeg = (at: readonly number[], from: readonly number[], to: readonly number[]): number => {
  const leg = offset(from, to)
  const point = offset(from, at)
  const squared = leg.east ** 2 + leg.north ** 2
  const part = squared === 0 ? 0 : Math.min(1, Math.max(0, (point.east * leg.east + point.north * leg.north) / squared))
  return Math.hypot(point.east - part * leg.east, point.north - part * leg.north)
}
const toRoute = (route: string, at: readonly number[]): number => {
  const lines = circuits.filter((circuit) => circuit.route === route).flatMap((circuit) => circuit.lines)
  return Math.min(...lines.flatMap(({ points }) => points.slice(1).map((to, i) => toLeg(at, points[i] ?? [], to))))
}

describe('the shipped routes', () => {
  it('are 162 lines of 84 routes, in Austin, and each circuit closes', () => {
    expect(circuits).toHaveLength(162)
    expect(new Set(circuits.map(({ route }) => route)).size).toBe(84)
    for (const { lines } of circuits)
      lines.forEach((line, i) => {
        const far = line.points.filter(([lat, lon]) => Math.abs(lat - 30.3) > 0.6 || Math.abs(lon + 97.75) > 0.6)
        expect(far).toEqual([])
        const next = lines[(i + 1) % lines.length]
        const { east, north } = offset(line.points.at(-1) ?? [], next?.points[0] ?? [])
        expect(Math.hypot(east, north)).toBeLessThan(61)
      })
  })

  it('are refused where the file is not a list of routes', () => {
    expect(() => readCircuits('{"type":"FeatureCollection"}')).toThrow('restore it')
  })
})

describe('a bus', () => {
  it('accelerates and brakes as a bus does, stops at stops, and moves on', () => {
    for (let i = 0; i < circuits.length; i += 9) {
      const random = createRandom(i)
      const circuit = circuits[i]
      if (!circuit) throw new Error('no circuit')
      const bus = createBus(circuit, random)
      let driven = 0
      let stops = 0
      let [strongest, hardest, fastest] = [0, 0, 0]
      for (let step = 0; step < 7200; step++) {
        const before = bus.speed
        stepBus(bus, 0.5, random)
        const change = (bus.speed - before) / 0.5
        strongest = Math.max(strongest, change)
        hardest = Math.max(hardest, -change)
        fastest = Math.max(fastest, bus.speed)
        if (before > 0 && bus.speed === 0) stops++
        driven += bus.speed * 0.5
      }
      expect(strongest).toBeLessThanOrEqual(ACCELERATION + 1e-9)
      expect(hardest).toBeLessThanOrEqual(2.5)
      expect(fastest).toBeLessThanOrEqual(16)
      expect(driven).toBeGreaterThan(8000)
      expect(stops).toBeGreaterThan(10)
    }
  })

  it('is always on its line, and never jumps', () => {
    const random = createRandom(3)
    const [circuit] = circuits
    if (!circuit) throw new Error('no circuit')
    const bus = createBus(circuit, random)
    let last = place(bus)
    const lines = new Set<number>()
    for (let step = 0; step < 20_000; step++) {
      stepBus(bus, 1, random)
      const now = place(bus)
      const { east, north } = offset([last.lat, last.lon], [now.lat, now.lon])
      // One line's end and the next one's start may lie 60 m apart.
      expect(Math.hypot(east, north)).toBeLessThan(lines.size < 2 ? 80 : 17)
      expect(bus.at).toBeLessThanOrEqual(lineOf(bus).length)
      lines.add(bus.line)
      if (lines.size === 2) break
      last = now
    }
    expect(lines.size).toBe(2)
  })

  it('is where its distance along the line says', () => {
    const line = createLine({
      route: 'x',
      direction: 0,
      points: [
        [30, -97],
        [30.01, -97],
        [30.01, -96.99],
      ],
    })
    expect(positionAt(line, 0, 0)).toMatchObject({ lat: 30, lon: -97, heading: 0 })
    const half = positionAt(line, line.length / 2, 0)
    expect(half.lat).toBeGreaterThan(30.009)
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
        const { lat, lon } = positionAt(line, part * line.length, 0)
        expect(
          Math.min(...line.points.slice(1).map((to, i) => toLeg([lat, lon], line.points[i] ?? [], to))),
        ).toBeLessThan(0.01)
      }),
    )
  })
})

describe('the fleet simulator', () => {
  it('sends the same fixes from the same seed, and others from another', () => {
    const fixes = (seed: number) => drive(options({ seed }), 60)
    expect(fixes(1)).toEqual(fixes(1))
    expect(fixes(1)).not.toEqual(fixes(2))
  })

  it('does not depend on how often it is stepped', () => {
    const often = createFleet(options())
    const once = createFleet(options())
    const fine = Array.from({ length: 300 }, (_, i) => often.step(START + (i + 1) * 100)).flat()
    expect(fine).toEqual(once.step(START + 30_000))
  })

  it('reports at the interval, spread over time', () => {
    const fleet = createFleet(options({ devices: 1000 }))
    const counts = Array.from({ length: 200 }, (_, i) => fleet.step(START + (i + 1) * 100).length)
    const total = counts.reduce((sum, count) => sum + count, 0)
    // A few devices have no signal.
    expect(total / 20).toBeGreaterThan(450)
    expect(total / 20).toBeLessThan(540)
    expect(Math.max(...counts)).toBeLessThan(110)
  })

  it('reports positions near the route, and what a device measures', () => {
    for (const [id, fixes] of byDevice(drive(options(), 600))) {
      expect(isName(id)).toBe(true)
      const away = fixes.filter((_, i) => i % 20 === 0).map(({ route, lat, lon }) => toRoute(route ?? '', [lat, lon]))
      // Within GPS error, of which 5 standard deviations are 12.5 m on each axis.
      expect(Math.max(...away)).toBeLessThan(18)
      for (const { speed = -1, heading = -1, battery = -1 } of fixes) {
        expect(speed).toBeGreaterThanOrEqual(0)
        expect(speed).toBeLessThan(17)
        expect(heading).toBeGreaterThanOrEqual(0)
        expect(heading).toBeLessThan(360)
        expect(battery).toBeGreaterThanOrEqual(0)
        expect(battery).toBeLessThanOrEqual(1)
      }
    }
  })

  it('loses signal, and every kept fix arrives later, each number once', () => {
    const fleet = createFleet(options({ devices: 60 }))
    const sendings = Array.from({ length: 7200 }, (_, i) => fleet.step(START + (i + 1) * 1000)).flat()
    let late = 0
    for (const [, fixes] of byDevice(sendings)) {
      let newest: Fix | undefined
      for (const fix of fixes) {
        if (newest && !isNewer(fix, newest)) late++
        else newest = fix
      }
      const numbers = fixes.map(({ n }) => n).sort((a, b) => a - b)
      expect(new Set(numbers).size).toBe(numbers.length)
      expect(numbers[0]).toBeGreaterThanOrEqual(5000)
    }
    const sent = sendings.reduce((sum, { fixes }) => sum + fixes.length, 0)
    const made = [...byDevice(sendings).values()].reduce(
      (sum, fixes) => sum + Math.max(...fixes.map(({ n }) => n)) - 4999,
      0,
    )
    expect(late).toBeGreaterThan(500)
    // All that was made was sent, but for what still waits in devices without signal.
    expect(made - sent).toBeLessThanOrEqual(fleet.kept())
    expect(fleet.kept()).toBeLessThan(made / 50)
  })

  it('drains batteries and charges them', () => {
    const fleet = createFleet(options({ devices: 5, interval: 30 }))
    const fixes = byDevice(Array.from({ length: 1200 }, (_, i) => fleet.step(START + (i + 1) * 30_000)).flat())
    for (const [, all] of fixes) {
      const levels = all.toSorted((a, b) => a.n - b.n).map(({ battery = 0 }) => battery)
      expect(Math.min(...levels)).toBeGreaterThan(0.1)
      expect(Math.max(...levels)).toBeGreaterThan(0.9)
      expect(levels.some((level, i) => level < (levels[i - 1] ?? level))).toBe(true)
    }
  })

  it('does not make up for the time that a machine slept', () => {
    const fleet = createFleet(options({ devices: 10 }))
    fleet.step(START + 10_000)
    const woken = fleet.step(START + 3_600_000)
    expect(woken.length).toBeLessThanOrEqual(10)
  })
})
