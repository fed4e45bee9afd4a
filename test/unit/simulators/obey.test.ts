import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../docs/device.ts'
import { observe } from '../../../simulators/fleet/device.ts'
import { createMembers } from '../../../simulators/fleet/fleet.ts'
import { readCircuits } from '../../../simulators/fleet/network.ts'
import { type Obeying, obey, TAKES } from '../../../simulators/fleet/obey.ts'
import { offset } from '../../../simulators/fleet/routes.ts'
import { COMMAND_KINDS } from '../../../wire/command-kinds.ts'
import type { CommandArgs } from '../../../wire/commands.ts'
import type { Fix } from '../../../wire/fleet.ts'

const circuits = readCircuits(readFileSync(new URL('../../../data/austin-routes.json', import.meta.url), 'utf8'))
const START = Date.UTC(2026, 0, 5, 12)

/** A bus that is always willing, and what it was told besides. */
const startBus = (seed = 1) => {
  const [member] = createMembers({
    circuits,
    devices: 1,
    seed,
    interval: 2,
    firstNumber: 1,
    start: START,
  })
  if (!member) throw new Error('no bus')
  const { device } = member
  // Neither unwilling nor jammed.
  device.random = { ...device.random, next: () => 0.5 }
  const told: unknown[] = []
  const obeying: Obeying = {
    device,
    reportEvery: (seconds) => told.push(seconds),
    reportNow: () => told.push('now'),
    wait: async () => {},
  }
  let t = START
  const drive = (seconds: number): Fix[] =>
    Array.from({ length: seconds }, () => {
      t += 1000
      return observe(device, t)
    })
  const ask = (kind: string, args: CommandArgs = {}): Outcome | Promise<Outcome> =>
    obey(obeying, { id: 'a', kind, args, until: START + 60_000 }, () => false)
  return { device, told, drive, ask, obeying }
}
const away = (a: { lat: number; lon: number }, b: readonly number[]): number => {
  const { east, north } = offset([a.lat, a.lon], b)
  return Math.hypot(east, north)
}

describe('a simulated device', () => {
  it('understands every kind of command that there is everywhere, and no other', () => {
    expect(new Set(TAKES)).toEqual(new Set(COMMAND_KINDS.map(({ name }) => name)))
    expect(startBus().ask('self_destruct')).toMatchObject({ state: 'refused' })
    expect(startBus().ask('constructor')).toMatchObject({ state: 'refused' })
  })

  it('reports as it is told', () => {
    const { ask, told } = startBus()
    expect(ask('report_every', { seconds: 30 })).toEqual({ state: 'done' })
    expect(ask('report_now')).toEqual({ state: 'done' })
    expect(told).toEqual([30, 'now'])
  })

  it('stands once it is told to stop, and goes on', () => {
    const { ask, drive } = startBus()
    drive(60)
    ask('stop')
    const stood = drive(120)
    expect(stood.every(({ speed }) => speed === 0)).toBe(true)
    ask('go_on')
    expect(Math.max(...drive(120).map(({ speed = 0 }) => speed))).toBeGreaterThan(3)
  })

  it('drives to a place, says when it is there, and comes back to its route', async () => {
    const { ask, drive } = startBus()
    const [from] = drive(1)
    if (!from) throw new Error('no fix')
    const place = [from.lat + 0.01, from.lon]
    let outcome: Outcome | null = null
    void Promise.resolve(ask('go_to', { place: place.join(',') })).then((came) => {
      outcome = came
    })
    const out = drive(200)
    await Promise.resolve()
    expect(outcome).toEqual({ state: 'done' })
    expect(Math.min(...out.map((fix) => away(fix, place)))).toBeLessThan(15)
    expect(out[5]?.route).toBeUndefined()
    const back = drive(600)
    expect(Math.min(...back.map((fix) => away(fix, [from.lat, from.lon])))).toBeLessThan(15)
    expect(back.at(-1)?.route).toBe(from.route)
  })

  it('gives up one place for another, and says so; what is too far or no place it refuses', async () => {
    const { ask, drive } = startBus()
    const [from] = drive(1)
    if (!from) throw new Error('no fix')
    const first = ask('go_to', { place: `${from.lat + 0.01},${from.lon}` })
    drive(20)
    const second = ask('follow', { route: `${from.lat},${from.lon + 0.005} ${from.lat + 0.005},${from.lon + 0.005}` })
    expect(await first).toMatchObject({ state: 'failed' })
    drive(400)
    expect(await second).toEqual({ state: 'done' })
    expect(await ask('go_to', { place: '0,0' })).toMatchObject({ state: 'refused' })
    expect(await ask('go_to', { place: 'home' })).toMatchObject({ state: 'refused' })
  })

  it('has its driver choose one of the answers', async () => {
    const { ask } = startBus()
    expect(await ask('message', { text: 'Free?', answers: 'yes, no ,' })).toEqual({ state: 'done', answer: 'no' })
    expect(await ask('message', { text: 'Hello' })).toEqual({ state: 'done' })
  })

  it('opens its door only while it stands, and measures it', () => {
    const { ask, drive, device } = startBus()
    for (let i = 0; i < 600 && device.driver.bus.speed < 3; i++) drive(1)
    expect(ask('unlock')).toMatchObject({ state: 'refused' })
    ask('stop')
    drive(1)
    expect(ask('unlock')).toEqual({ state: 'done' })
    expect(drive(1)[0]?.readings?.door).toBe(1)
    expect(ask('lock')).toEqual({ state: 'done' })
    expect(drive(1)[0]?.readings?.door).toBe(0)
  })

  it('is refused by its driver now and then, with a reason', () => {
    const { device, ask } = startBus()
    device.random = { ...device.random, next: () => 0.01 }
    const outcome = ask('report_now')
    expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringMatching(/./) })
  })

  it('measures fuel, and some the temperature of their load; it is parked where a line ends', () => {
    const all = Array.from({ length: 12 }, (_, seed) => startBus(seed))
    const fixes = all.map(({ drive }) => drive(3600))
    for (const [first, ...rest] of fixes) {
      const fuel = rest.map(({ readings = {} }) => readings.fuel ?? -1)
      expect(Math.min(...fuel)).toBeGreaterThanOrEqual(0)
      expect(fuel.at(-1)).toBeLessThan(first?.readings?.fuel ?? 0)
    }
    const cooled = fixes.filter(([first]) => first?.readings?.temperature !== undefined)
    expect(cooled.length).toBeGreaterThan(0)
    expect(cooled.length).toBeLessThan(12)
    const parked = fixes.flat().filter(({ parked }) => parked === true)
    expect(parked.length).toBeGreaterThan(0)
    expect(parked.every(({ speed }) => speed === 0)).toBe(true)
  })
})
