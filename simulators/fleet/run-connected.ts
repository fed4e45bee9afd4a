import { connectDevice } from '../../docs/device.ts'
import type { FleetOptions } from '../options.ts'
import type { Run } from '../run.ts'
import { type Connected, createConnected } from './connected.ts'
import { createMembers } from './fleet.ts'
import { addDevices, type KeyFile, type KeysPorts } from './keys.ts'
import type { Circuit } from './network.ts'
import type { Figures } from './power.ts'
import { carsOf } from './run.ts'

export type RunConnectedPorts = Pick<KeysPorts, 'token' | 'fetch'> & { keys: KeyFile }

/** Milliseconds between two looks at which devices are due, and devices that connect at each. */
const STEP = 50
const CONNECTED_A_STEP = 8
/** Milliseconds between two lines that tell what happens; so often devices that were refused get new keys, too. */
const TELL_EVERY = 5000
/** How long the end may take: what is kept still goes. */
const LAST_MS = 3000
/** Codes with which the floor says that it does not know a device's key. */
const UNKNOWN = ['not_signed_in', 'unknown_device']

const shown = (value: number): string => value.toLocaleString('en')

/** Commands by what became of them, as the devices' journals have it. */
const commandsOf = (all: readonly Connected[]): string => {
  const counts = new Map<string, number>()
  for (const { journal } of all)
    for (const { state } of journal.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${shown(count)} ${state}`).join(', ') || 'none'
}

const totalOf = (all: readonly Connected[]): Figures => {
  const total: Figures = { accepted: 0, repeats: 0, refused: 0, dropped: 0, lost: 0, kept: 0 }
  for (const { figures } of all)
    for (const [name, count] of Object.entries(figures())) total[name as keyof Figures] += count
  return total
}

const line = (all: readonly Connected[]): string => {
  const { accepted, repeats, refused, dropped, lost, kept } = totalOf(all)
  const connected = all.filter(({ isConnected }) => isConnected()).length
  const gone = dropped + lost > 0 ? `, dropped ${shown(dropped)}, lost in restarts ${shown(lost)}` : ''
  const fixes = `fixes taken ${shown(accepted)}, repeats ${shown(repeats)}, refused ${shown(refused)}${gone}`
  return `${shown(connected)} of ${shown(all.length)} devices connected · ${fixes}, kept ${shown(kept)} · commands ${commandsOf(all)}`
}

/** Adds the devices where they have no key yet, and runs them until the signal, each by its own connection. */
export const runConnected = async (
  { devices, interval, floor }: FleetOptions & { floor: string },
  circuits: readonly Circuit[],
  { keys: file, ...ports }: RunConnectedPorts,
  run: Run,
): Promise<void> => {
  const { seed, firstNumber, now, sleep, say, signal } = run
  const cars = carsOf(devices)
  const members = createMembers({ circuits, devices, cars, interval, seed, firstNumber, start: now(), sensors: true })
  const described = members.map(({ device: { id }, description }) => ({ id, ...description }))
  const keys = file.read(floor)
  /** Those that the floor does not know, or knows by another key. */
  const strangers = new Set(described.map(({ id }) => id).filter((id) => !keys.has(id)))
  const all = members.map((member) =>
    createConnected(member, {
      floor,
      connect: connectDevice,
      wait: sleep,
      refused: (id, code) => UNKNOWN.includes(code) && strangers.add(id),
    }),
  )
  const waiting = new Set<Connected>(all)
  const introduce = async (): Promise<void> => {
    const added = await addDevices(
      described.filter(({ id }) => strangers.has(id)),
      { ...ports, floor, sleep, say, signal },
    )
    for (const [id, key] of added) keys.set(id, key)
    for (const device of all) if (added.has(device.id)) waiting.add(device)
    if (added.size > 0) file.write(floor, keys)
    strangers.clear()
  }

  for (let told = now(); !signal.aborted; await sleep(STEP)) {
    if (strangers.size > 0) await introduce()
    for (const device of [...waiting].slice(0, CONNECTED_A_STEP)) {
      device.open(keys.get(device.id) ?? '')
      waiting.delete(device)
    }
    const t = now()
    for (const device of all) device.step(t)
    if (t - told < TELL_EVERY) continue
    told = t
    say(line(all))
  }
  for (const end = now() + LAST_MS; totalOf(all).kept > 0 && now() < end; ) await sleep(STEP)
  say(line(all))
  for (const device of all) device.close()
}
