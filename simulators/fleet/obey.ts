import type { Command, Outcome } from '../../docs/device.ts'
import type { Device } from './device.ts'
import { sendOut } from './driver.ts'

/** A device that is told what to do. */
export type Obeying = {
  device: Device
  /** Seconds between two reports from now on. */
  reportEvery: (seconds: number) => void
  reportNow: () => void
  /** Resolves after so many milliseconds: a person takes time. */
  wait: (ms: number) => Promise<unknown>
}
type Args = Command['args']
type Act = (obeying: Obeying, args: Args, isLate: () => boolean) => Outcome | Promise<Outcome>

/** How often the driver says no, or what is to be moved does not. */
const REFUSED = 0.03
const JAMMED = 0.02
const REASONS = ['The driver is on a break.', 'The vehicle is being loaded.', 'The driver says no.']
/** A driver reads a message within so many milliseconds. */
const READS = { least: 3000, most: 30_000 }
/** Above this speed (m/s) nobody opens a door. */
const STANDING = 1.5

const DONE: Outcome = { state: 'done' }
const refused = (reason: string): Outcome => ({ state: 'refused', reason })
const failed = (reason: string): Outcome => ({ state: 'failed', reason })

/** Places in a text: `lat,lon`, with a blank between two. Null where that is not what it holds. */
const placesIn = (text: unknown): [number, number][] | null => {
  const places = String(text)
    .trim()
    .split(/\s+/)
    .map((place): [number, number] => {
      const [lat = Number.NaN, lon = Number.NaN] = place.split(',').map(Number)
      return [lat, lon]
    })
  return places.every(([lat, lon]) => Math.abs(lat) <= 90 && Math.abs(lon) <= 180) ? places : null
}

const drive = ({ device }: Obeying, text: unknown): Outcome | Promise<Outcome> => {
  const places = placesIn(text)
  if (places === null) return refused('This is no place.')
  return new Promise((resolve) => {
    const arrived = (isThere: boolean): void => resolve(isThere ? DONE : failed('Another order came on the way.'))
    if (!sendOut(device.driver, places, arrived)) resolve(refused('That is too far away.'))
  })
}

const read: Act = async ({ device, wait }, { answers = '' }, isLate) => {
  const { random } = device
  await wait(READS.least + (READS.most - READS.least) * random.next())
  if (isLate()) return failed('Nobody read it in time.')
  const choices = String(answers)
    .split(',')
    .map((answer) => answer.trim())
    .filter(Boolean)
  const answer = choices[random.below(choices.length)]
  return { ...DONE, ...(answer !== undefined && { answer }) }
}

const turn = ({ device: { driver, sensors, random } }: Obeying, door: 0 | 1): Outcome => {
  if (door === 1 && driver.bus.speed > STANDING) return refused('It is moving.')
  if (random.next() < JAMMED) return failed('The lock is jammed.')
  sensors.door = door
  return DONE
}

const halt = ({ device: { driver } }: Obeying, isHalted: boolean): Outcome => {
  driver.isHalted = isHalted
  return DONE
}

const ACTS: Record<string, Act> = {
  report_every: ({ reportEvery }, { seconds }) => {
    reportEvery(Number(seconds))
    return DONE
  },
  report_now: ({ reportNow }) => {
    reportNow()
    return DONE
  },
  message: read,
  go_to: (obeying, { place }) => drive(obeying, place),
  follow: (obeying, { route }) => drive(obeying, route),
  stop: (obeying) => halt(obeying, true),
  go_on: (obeying) => halt(obeying, false),
  unlock: (obeying) => turn(obeying, 1),
  lock: (obeying) => turn(obeying, 0),
}

/** The kinds of commands that simulated devices understand. */
export const TAKES = Object.keys(ACTS)

/** Does what a command says, or says why not. */
export const obey = (obeying: Obeying, { kind, args }: Command, isLate: () => boolean): Outcome | Promise<Outcome> => {
  const { random } = obeying.device
  const act = Object.hasOwn(ACTS, kind) ? ACTS[kind] : undefined
  if (act === undefined) return refused('This device cannot do that.')
  if (random.next() < REFUSED) return refused(REASONS[random.below(REASONS.length)] ?? '')
  return act(obeying, args, isLate)
}
