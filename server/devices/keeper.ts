import type { Logger } from 'pino'
import { DUE_KEY } from '../../wire/command-calls.ts'
import { isOwnFault } from '../faults.ts'
import type { Register } from '../fleet/register.ts'
import type { Commands } from '../redis/deployment.ts'
import { endDue } from './due.ts'
import { createDueFinder } from './due-finder.ts'
import { LEASE_KEY } from './keys-of-commands.ts'
import { mendOrders } from './order-mender.ts'
import type { Changed } from './sending.ts'
import type { Together } from './together.ts'

export type CommandKeeperPorts = {
  redis: Commands
  node: string
  /** Whether Redis can be used. */
  isUp: () => boolean
  together: Together
  changed: Changed
  register: () => Promise<Register>
  /** Redis's clock, Unix milliseconds. */
  clock: () => number
  random: () => number
  log: Logger
}

export type CommandKeeper = {
  /** To be called once a second by every node. */
  turn: () => Promise<void>
  /** Devices with commands that will be due, as they were last counted. */
  due: () => number
}

/** How often each is done, by whichever node comes first, in milliseconds. */
const ENDS_EVERY_MS = 1000
const MENDS_EVERY_MS = 10_000
const FINDS_EVERY_MS = 5000
/** Rounds of deadlines in one turn: after an hour without Redis there may be many. */
const MOST_ROUNDS = 20

/**
 * Looks after commands: ends those that are past their deadlines, and mends what a node left undone that died. Leases
 * say which node's turn it is. All of it is harmless to repeat.
 */
export const createCommandKeeper = (ports: CommandKeeperPorts): CommandKeeper => {
  const { redis, node, isUp, log } = ports
  const find = createDueFinder(redis, ports.register, ports.clock)
  let busy = false
  let due = 0

  const isOurs = async (work: string, everyMs: number): Promise<boolean> =>
    (await redis.set(`${LEASE_KEY}:${work}`, node, 'PX', Math.ceil(everyMs * 0.9), 'NX')) === 'OK'
  const turn = async (): Promise<void> => {
    let rounds = (await isOurs('end', ENDS_EVERY_MS)) ? MOST_ROUNDS : 0
    while (rounds > 0 && (await endDue(ports)) > 0) rounds--
    if (await isOurs('mend', MENDS_EVERY_MS)) {
      const mended = await mendOrders(ports)
      if (mended > 0) log.debug({ devices: mended }, 'Orders were told what they had not heard of their devices')
    }
    if (await isOurs('find', FINDS_EVERY_MS)) {
      const found = await find()
      if (found > 0) log.info({ devices: found }, 'Devices had commands under way that nobody looked after')
    }
  }
  const safely = async (): Promise<void> => {
    if (busy || !isUp()) return
    busy = true
    try {
      await turn()
      due = await redis.zcard(DUE_KEY)
    } catch (error) {
      // Redis is away or busy; the next turn does it.
      if (isOwnFault(error)) throw error
    } finally {
      busy = false
    }
  }
  return { turn: safely, due: () => due }
}
