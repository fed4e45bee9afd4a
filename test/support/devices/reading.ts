import { type Command, type CommandState, isOpen, type OrderDevicesReply } from '../../../wire/commands.ts'
import { eventually } from '../eventually.ts'
import type { Order } from './asking.ts'
import { readCommands } from './dispatcher.ts'
import type { Known } from './oracle.ts'

/** Devices that are read at a time. */
const READ_AT_ONCE = 20

/** All commands that the floor keeps, by device. */
export type Told = ReadonlyMap<string, readonly Command[]>

const readAllCommands = async (url: string, cookie: string, devices: readonly Known[]): Promise<Told> => {
  const told = new Map<string, readonly Command[]>()
  for (let i = 0; i < devices.length; i += READ_AT_ONCE)
    await Promise.all(
      devices.slice(i, i + READ_AT_ONCE).map(async ({ id }) => told.set(id, await readCommands(url, cookie, id))),
    )
  return told
}

/** Reads until nothing can change any more: what is final, and what is unknown because the device keeps it for itself. */
export const readSettled = (url: string, cookie: string, devices: readonly Known[]): Promise<Told> =>
  eventually(
    'every command has come to an end',
    async () => {
      const told = await readAllCommands(url, cookie, devices)
      const open = [...told.values()].flat().filter(({ state }) => isOpen(state) && state !== 'unknown')
      if (open.length > 0) throw new Error(`${open.length} are open, such as ${JSON.stringify(open[0])}`)
      return told
    },
    { limitMs: 120_000, everyMs: 1000 },
  )

export const countStates = (commands: readonly { state: CommandState }[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { state } of commands) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** What an order says of its devices is what their own commands say. */
export const compareOrder = async (url: string, cookie: string, { id, asked }: Order, told: Told): Promise<void> => {
  const own = new Map(
    asked.map(({ device }) => [device, told.get(device)?.find((command) => command.order === id)?.state]),
  )
  const same = async (): Promise<boolean> => {
    const page = `${url}/api/orders/${encodeURIComponent(id)}/devices?limit=500`
    const { entries } = (await (await fetch(page, { headers: { Cookie: cookie } })).json()) as OrderDevicesReply
    const wrong = entries.filter(({ device, state }) => own.get(device) !== state)
    if (wrong.length > 0 || entries.length !== asked.length)
      throw new Error(`${entries.length} of ${asked.length}, wrong: ${JSON.stringify(wrong.slice(0, 3))}`)
    return true
  }
  await eventually(`${id} says what its devices' commands say`, same, { everyMs: 500 })
}
