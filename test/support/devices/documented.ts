import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, connectDevice, type Noted, type Outcome } from '../../../docs/device.ts'
import { placeOf } from './fixes.ts'
import type { Entry } from './journal.ts'
import type { Device, DeviceOptions } from './options.ts'

const TAKES_MS = 800
const AWAY_MS = 1500

/** A device by the client of docs/device.ts, with the same journal as the others; its own is kept over restarts. */
export const openDocumented = (options: DeviceOptions): Device => {
  const { ports, first, id, key, random, everyMs, behindMs, takes } = options
  const url = `http://127.0.0.1:${ports[first % ports.length]}`
  const journal = new Map<string, Noted>()
  const begun = new Map<string, Pick<Entry, 'until' | 'came' | 'did'>>()
  const faults: string[] = []
  const began = Date.now()
  let life = 0

  const obey = async ({ id: command, until }: Command, isLate: () => boolean): Promise<Outcome> => {
    const own = life
    const did: number[] = []
    if (begun.has(command)) faults.push(`${command} was begun again`)
    begun.set(command, { until, came: [Date.now()], did })
    await sleep(random.below(TAKES_MS))
    if (isLate() || own !== life) return { state: 'failed', reason: 'too late' }
    did.push(Date.now())
    return { state: 'done' }
  }
  const refused = (code: string): void => {
    if (code !== 'unavailable' && code !== 'rate_limited') faults.push(`not let in: ${code}`)
  }
  const connect = () => connectDevice(url, { id, key, life: { takes: [...takes] }, obey, journal, refused })
  let client = connect()
  const next = (): void => {
    const t = Date.now()
    client.fix({ t: t - behindMs, ...placeOf(options, began, t) })
  }
  next()
  const timer = setInterval(next, everyMs)
  let back: NodeJS.Timeout | undefined
  const entryOf = ([command, { state, told, ...said }]: [string, Noted]): Entry => ({
    id: command,
    ...(begun.get(command) ?? { until: null, came: [], did: [] }),
    manner: 'usual',
    taken: true,
    end: state === 'acknowledged' ? null : { id: command, state, ...said },
    heard: state !== 'acknowledged' && told === true,
  })
  return {
    isOpen: () => client.isConnected(),
    isLocated: () => client.account.accepted > 0,
    unsaid: () => [...journal.values()].filter(({ told }) => !told).length,
    restart: () => {
      life++
      client.close()
      clearTimeout(back)
      back = setTimeout(() => {
        client = connect()
      }, random.below(AWAY_MS))
    },
    journal: () => ({ id, entries: [...journal].map(entryOf), faults }),
    close: () => {
      clearInterval(timer)
      clearTimeout(back)
      client.close()
    },
  }
}
