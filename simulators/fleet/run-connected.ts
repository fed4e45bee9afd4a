import { connectDevice } from '../../docs/device.ts'
import type { FleetOptions } from '../options.ts'
import type { Run } from '../run.ts'
import { createConnected } from './connected.ts'
import { connectedLine, keptOf } from './connected-report.ts'
import { createMembers } from './fleet.ts'
import { createIntroductions } from './introduce.ts'
import type { KeyFile, KeysPorts } from './keys.ts'
import type { Circuit } from './network.ts'
import { carsOf } from './run.ts'

export type RunConnectedPorts = Pick<KeysPorts, 'token' | 'fetch'> & { keys: KeyFile }

/** Milliseconds between two looks at which devices are due, and devices that connect at each. */
const STEP = 50
const CONNECTED_A_STEP = 8
/** Milliseconds between two lines that tell what happens; that often, devices that were refused get new keys, too. */
const TELL_EVERY = 5000
/** How long the end may take: what is kept still goes. */
const LAST_MS = 3000

/** Adds the devices to a floor that does not know them, and runs them until the signal, each by its own connection. */
export const runConnected = async (
  { devices, interval, floor }: FleetOptions & { floor: string },
  circuits: readonly Circuit[],
  { keys: file, ...ports }: RunConnectedPorts,
  { seed, firstNumber, now, sleep, say, signal }: Run,
): Promise<void> => {
  const cars = carsOf(devices)
  const members = createMembers({ circuits, devices, cars, interval, seed, firstNumber, start: now() })
  const { keyOf, refused, introduce } = createIntroductions(members, file, { ...ports, floor, sleep, say, signal })
  const all = members.map((member) => createConnected(member, { floor, connect: connectDevice, wait: sleep, refused }))
  say(`${all.length.toLocaleString('en')} devices connect to ${floor}.`)
  await introduce()
  const toOpen = new Set(all)
  for (let told = now(); !signal.aborted; await sleep(STEP)) {
    for (const device of [...toOpen].slice(0, CONNECTED_A_STEP)) {
      toOpen.delete(device)
      device.open(keyOf(device.id) ?? '')
    }
    const t = now()
    for (const device of all) device.step(t)
    if (t - told < TELL_EVERY) continue
    told = t
    say(connectedLine(all))
    const introduced = await introduce()
    for (const device of all) if (introduced.has(device.id)) toOpen.add(device)
  }
  for (const end = now() + LAST_MS; keptOf(all) > 0 && now() < end; ) await sleep(STEP)
  say(connectedLine(all))
  for (const device of all) device.close()
}
