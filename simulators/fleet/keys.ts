import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { AddDevicesReply, AddDevicesRequest } from '../../wire/devices.ts'
import { Mistake } from '../flags.ts'

/** Devices as they are added, and as many as one request may have. */
export type Added = AddDevicesRequest['devices']
const MOST_ADDED = 500

export type KeysPorts = {
  /** The floor's address, and a token of somebody who may manage devices there; none for a floor that is open. */
  floor: string
  token: string | undefined
  fetch: typeof fetch
  sleep: (ms: number) => Promise<unknown>
  say: (line: string) => void
  signal: AbortSignal
}

/** What may pass, and how long to wait for it, in milliseconds. */
const PASSES = [429, 502, 503]
const WAIT_MS = 2000

const post = async (devices: Added, { floor, token, fetch, signal }: KeysPorts): Promise<Response | null> => {
  // A floor that is open takes this from its own pages; who has a token shows that.
  const who = token === undefined ? { 'Sec-Fetch-Site': 'same-origin' } : { Authorization: `Bearer ${token}` }
  const headers = { 'Content-Type': 'application/json', ...who }
  try {
    return await fetch(new URL('/api/devices', floor), {
      method: 'POST',
      headers,
      body: JSON.stringify({ devices }),
      signal,
    })
  } catch {
    return null
  }
}

/** Adds some; waits for a floor that is away or has too much to do. */
const addSome = async (devices: Added, ports: KeysPorts): Promise<AddDevicesReply['devices']> => {
  for (let told = false; !ports.signal.aborted; await ports.sleep(WAIT_MS)) {
    const response = await post(devices, ports)
    if (response?.ok) return ((await response.json()) as AddDevicesReply).devices
    if (response !== null && !PASSES.includes(response.status))
      throw new Mistake(
        `${ports.floor} does not take devices (${response.status}): set FLOOR_TOKEN to a token of somebody who may manage devices there`,
      )
    if (!told) ports.say(`${ports.floor} cannot be asked for keys of devices: trying again`)
    told = true
  }
  return []
}

/** Adds devices to the floor, those too that it has; each gets a new key. */
export const addDevices = async (devices: Added, ports: KeysPorts): Promise<Map<string, string>> => {
  const keys = new Map<string, string>()
  for (let from = 0; from < devices.length; from += MOST_ADDED)
    for (const { id, key } of await addSome(devices.slice(from, from + MOST_ADDED), ports)) keys.set(id, key)
  return keys
}

/** Keys of devices by floor, in a file that nobody else may read. */
export type KeyFile = {
  read: (floor: string) => Map<string, string>
  write: (floor: string, keys: Map<string, string>) => void
}

type Kept = Record<string, Record<string, string>>

export const keyFile = (path: string): KeyFile => {
  const readAll = (): Kept => {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Kept
    } catch {
      return {} // there is none yet, or it is no use: devices get new keys
    }
  }
  return {
    read: (floor) => new Map(Object.entries(readAll()[floor] ?? {})),
    write: (floor, keys) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(`${path}.new`, JSON.stringify({ ...readAll(), [floor]: Object.fromEntries(keys) }), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
  }
}
