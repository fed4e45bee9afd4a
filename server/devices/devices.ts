import type { Logger } from 'pino'
import { deviceTopic } from '../../wire/topics.ts'
import { type Faults, isOwnFault } from '../faults.ts'
import type { Register } from '../fleet/register.ts'
import type { Demand } from '../live/demand.ts'
import type { Act, Acts } from '../live/who.ts'
import type { DeviceCounts } from '../metrics/devices.ts'
import type { Asker } from '../people/attendance.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'
import { portOf } from '../redis/port.ts'
import { createAnswering } from './answering.ts'
import { createCancelling } from './cancelling.ts'
import { createCommandActs, createOrderAllowances } from './commands.ts'
import { createConnections } from './connections.ts'
import { createDescribe } from './describing.ts'
import { createDoorkeeper, createReadKey } from './doorkeeper.ts'
import { createFloorClock } from './floor-clock.ts'
import { createForward } from './forward.ts'
import { createHistory } from './history.ts'
import { createIntake } from './intake.ts'
import { createCommandKeeper } from './keeper.ts'
import { createDeviceKeys } from './keys.ts'
import { createOrders } from './orders.ts'
import type { CommandKinds, DevicePorts } from './ports.ts'
import { type Changed, createSend, RETRY_MS } from './sending.ts'
import { createTogether } from './together.ts'
import { createWriteCommands } from './writing.ts'

export type DevicesPorts = {
  redis: Commands
  node: string
  /** Whether Redis can be used. */
  isUp: () => boolean
  demand: Pick<Demand, 'join' | 'leave'>
  register: () => Promise<Register>
  /** Told of each dangerous command, who asked for it and for what, before it is written. */
  recorded: (who: string, about: string) => Promise<void>
  kinds: CommandKinds
  count: DeviceCounts
  log: Logger
  faults: Faults
}

export type Devices = DevicePorts & {
  attend: (asker: Asker) => Pick<Acts, 'command' | 'cancel'>
  /** What connections do by the clock. Called once a second. */
  tick: () => void
  /** Looks after commands that are due. Called once a second. */
  keep: () => Promise<void>
  /** Devices with commands that will be due. */
  due: () => number
  /** Compares clocks with Redis. Called every ten seconds. */
  compareClocks: () => Promise<void>
}

/** Calls about commands gather for so long, in milliseconds. */
const GATHER_MS = 2

/** Devices as they are heard and commanded. */
export const createDevices = (ports: DevicesPorts): Devices => {
  const { redis, register, kinds, count, faults } = ports
  const now = (): number => performance.now()
  const port = portOf(redis)
  const together = createTogether(port, GATHER_MS, faults)
  const clock = createFloorClock(redis, Date.now)
  const changed = counted(createForward(port, faults), count)
  const send = createSend(together, changed)
  const readKey = createReadKey(redis)
  const connections = createConnections({ demand: ports.demand, send, readKey, now, faults })
  const write = createWriteCommands(redis, together, changed)
  const keeper = createCommandKeeper({ ...ports, together, changed, clock: clock.now, random: Math.random })
  const acts = {
    kinds,
    orders: createOrders({ redis, together, register, write, clock: clock.now }),
    cancelling: createCancelling(redis, together, changed, clock.now),
    write,
    existing: (devices: readonly string[]) => existing(redis, devices),
    recorded: ports.recorded,
    count: count.commanded,
    allowances: createOrderAllowances(now),
    clock: clock.now,
    now,
  }
  return {
    intake: createIntake({ port, count: count.reported, now, faults }),
    doorkeeper: createDoorkeeper(readKey, now),
    connections,
    signOfLife: (id) => send(id, RETRY_MS).catch(() => []),
    answering: createAnswering(together, changed, count.answered),
    keys: createDeviceKeys(together),
    describe: createDescribe(port),
    history: createHistory(redis),
    kinds,
    now: clock.now,
    attend: (asker) => {
      const { command, cancel } = createCommandActs(acts, asker)
      return { command: logged(command, ports), cancel: logged(cancel, ports) }
    },
    tick: connections.tick,
    keep: keeper.turn,
    due: keeper.due,
    compareClocks: clock.compare,
  }
}

/** Every change of a command passes here once: by whoever made the call. */
const counted =
  (forward: Changed, { stepped }: DeviceCounts): Changed =>
  (device, commands) => {
    for (const { state } of commands) stepped(state)
    forward(device, commands)
  }

/** Those of these devices that there are. */
const existing = async (redis: Commands, devices: readonly string[]): Promise<string[]> => {
  const states = await readFields(redis, devices.map(deviceTopic), ['epoch'])
  return devices.filter((_, i) => states[i]?.[0])
}

/** Clients are told `unavailable` where an act fails; why, is for the log. */
const logged =
  (act: Act, { log, faults }: DevicesPorts): Act =>
  (input) =>
    act(input).catch((error) => {
      if (isOwnFault(error)) faults.caught('client.request', error)
      else log.debug({ reason: String(error) }, 'A command could not be written or cancelled')
      throw error
    })
