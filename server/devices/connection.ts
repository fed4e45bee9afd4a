import type { DeviceSnapshot, DeviceUpdate } from '../../wire/fleet.ts'
import { deviceTopic, type Topic } from '../../wire/topics.ts'
import { createBudget } from '../live/budget.ts'
import { parseBytes } from '../live/bytes.ts'
import type { Demand } from '../live/demand.ts'
import type { Joining, Watcher } from '../live/watcher.ts'
import { type CommandSendingPorts, createCommandSending, NOTHING_SENT } from './command-sending.ts'
import type { ReadKey } from './doorkeeper.ts'
import { createKeyCheck } from './key-check.ts'
import type { Admitted, DeviceEnd } from './ports.ts'

export type ConnectionPorts = CommandSendingPorts & {
  demand: Pick<Demand, 'join' | 'leave'>
  readKey: ReadKey
}

/** A connected device as the node knows it. */
export type Connection = {
  /** Does what is due by the clock. Called once a second. */
  tick: () => void
  close: () => void
}

/** As the library writes them: in what somebody wrote, each of these quotation marks has a backslash before it. */
const TELLING = ['"commands":[', '"keyed":', '"snapshot":']

type Told = DeviceUpdate & { snapshot?: DeviceSnapshot }
/** The state of a device that Redis does not know (any more). */
const NONE: DeviceSnapshot = { last: null, cell: null }

/**
 * A device that is connected here: follows its topic as a client does. A command that is queued is sent; one that was
 * sent is sent again until the device acknowledges it; where its key is made anew or taken back, it ends.
 */
export const openConnection = (ports: ConnectionPorts, { id, keyed }: Admitted, end: DeviceEnd): Connection => {
  const sending = end.deliver === null ? NOTHING_SENT : createCommandSending(ports, id, end.deliver)
  const key = createKeyCheck(ports, id, keyed, () => {
    close()
    end.end('key')
  })
  let closed = false
  const take = ({ snapshot, commands = snapshot?.commands, keyed: changed }: Told): void => {
    if (snapshot) sending.forget()
    if (commands) sending.note(commands)
    // Among what was lost before a state, there may have been that the key changed.
    if (snapshot || changed !== undefined) key.check()
  }
  const watcher: Watcher = {
    push: ({ text }) => {
      if (TELLING.some((each) => text.includes(each))) take(parseBytes<Told>(text))
    },
    gap: () => {},
  }
  const line = follow(ports.demand, deviceTopic(id), watcher, {
    state: (snapshot) => {
      if (!closed) take({ snapshot })
      return !closed
    },
    // Whatever an earlier connection did not acknowledge goes out at once.
    done: () => sending.send(0),
  })
  const close = (): void => {
    if (closed) return
    closed = true
    sending.close()
    key.close()
    line.leave()
  }
  return {
    tick: () => {
      if (closed) return
      line.tick()
      sending.tick()
      key.tick()
    },
    close,
  }
}

type Following = { state: (snapshot: DeviceSnapshot) => boolean; done: () => void }

/** Joins a device's topic, however often it takes. */
const follow = (demand: ConnectionPorts['demand'], topic: Topic, watcher: Watcher, { state, done }: Following) => {
  let phase: 'apart' | 'joining' | 'joined' = 'apart'
  const join = (): void => {
    phase = 'joining'
    let isThere = false
    const joining: Joining = {
      // It asks for the state, never for what it missed.
      budget: createBudget(0),
      use: (result) => {
        isThere = result.kind === 'snapshot'
        return state(result.kind === 'snapshot' ? parseBytes<DeviceSnapshot>(result.snapshot) : NONE)
      },
      done: (error) => {
        // Nobody is attached to a device of which Redis has not heard yet.
        phase = error === null && isThere ? 'joined' : 'apart'
        if (error === null) done()
      },
    }
    demand.join(topic, watcher, null, joining)
  }
  join()
  return {
    tick: (): void => {
      if (phase === 'apart') join()
    },
    leave: (): void => demand.leave(topic, watcher),
  }
}
