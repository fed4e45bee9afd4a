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
  const line = follow(ports.demand, deviceTopic(id), watcher, () => {
    // With what is queued goes whatever an earlier connection did not acknowledge.
    sending.send(0)
    // It may have changed since the door looked.
    key.check()
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

/** Joins a device's topic, however often it takes; `joined` is called once. */
const follow = (demand: ConnectionPorts['demand'], topic: Topic, watcher: Watcher, joined: () => void) => {
  let phase: 'apart' | 'joining' | 'joined' | 'left' = 'apart'
  const join = (): void => {
    phase = 'joining'
    let isThere = false
    const joining: Joining = {
      // It asks for the state, never for what it missed.
      budget: createBudget(0),
      use: (result) => {
        // Nobody is attached to a device of which Redis has not heard yet.
        isThere = result.kind !== 'missing'
        return !isLeft()
      },
      done: (error) => {
        if (isLeft()) return
        phase = error === null && isThere ? 'joined' : 'apart'
        if (phase === 'joined') joined()
      },
    }
    demand.join(topic, watcher, null, joining)
  }
  const isLeft = (): boolean => phase === 'left'
  join()
  return {
    tick: (): void => {
      if (phase === 'apart') join()
    },
    leave: (): void => {
      phase = 'left'
      demand.leave(topic, watcher)
    },
  }
}
