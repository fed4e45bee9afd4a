import type { DeviceSnapshot, DeviceUpdate } from '../../wire/fleet.ts'
import { deviceTopic, type Topic } from '../../wire/topics.ts'
import { createBudget } from '../live/budget.ts'
import { parseBytes } from '../live/bytes.ts'
import type { Demand } from '../live/demand.ts'
import type { Message } from '../live/message.ts'
import type { ReadResult } from '../live/ports.ts'
import type { Joining, Watcher } from '../live/watcher.ts'
import { CommandSending, type CommandSendingPorts } from './command-sending.ts'
import { KeyCheck, type KeyCheckPorts } from './key-check.ts'
import type { Admitted, DeviceEnd } from './ports.ts'

export type ConnectionPorts = CommandSendingPorts &
  KeyCheckPorts & {
    demand: Pick<Demand, 'join' | 'leave'>
    /** All that are open, and those that have something left to be done by the clock. */
    all: Set<Connection>
    restless: Set<Connection>
  }

/** As the library writes them: in what somebody wrote, each of these quotation marks has a backslash before it. */
const TELLING = ['"commands":[', '"keyed":', '"snapshot":']
/** It asks for the state, never for what it missed. */
const NO_REPLAY = createBudget(0)

type Told = DeviceUpdate & { snapshot?: DeviceSnapshot }

/**
 * A device that is connected here: follows its topic as a client does. A command that is queued is sent; one that was
 * sent is sent again until the device acknowledges it; where its key is made anew or taken back, it ends.
 */
export class Connection implements Watcher, Joining {
  readonly budget = NO_REPLAY
  private readonly ports: ConnectionPorts
  private readonly topic: Topic
  /** Null where it carries no commands; and where no key let it in. */
  private readonly sending: CommandSending | null
  private readonly key: KeyCheck | null
  private phase: 'apart' | 'joining' | 'joined' | 'closed' = 'apart'
  private isThere = false

  constructor(ports: ConnectionPorts, { id, keyed }: Admitted, end: DeviceEnd) {
    this.ports = ports
    this.topic = deviceTopic(id)
    const stir = (): void => {
      if (this.phase !== 'closed') ports.restless.add(this)
    }
    const changed = (): void => {
      this.close()
      end.end('key')
    }
    this.sending = end.deliver === null ? null : new CommandSending(ports, id, end.deliver, stir)
    this.key = keyed === null ? null : new KeyCheck(ports, id, keyed, changed, stir)
    ports.all.add(this)
    this.join()
  }

  push({ text }: Message): void {
    if (!TELLING.some((each) => text.includes(each))) return
    const { snapshot, commands = snapshot?.commands, keyed } = parseBytes<Told>(text)
    if (snapshot) this.sending?.forget()
    if (commands) this.sending?.note(commands)
    // Among what was lost before a state, there may have been that the key changed.
    if (snapshot || keyed !== undefined) this.key?.check()
  }

  gap(): void {}

  use({ kind }: ReadResult): boolean {
    // Nobody is attached to a device of which Redis has not heard yet.
    this.isThere = kind !== 'missing'
    return this.phase !== 'closed'
  }

  done(error: unknown): void {
    if (this.phase === 'closed') return
    if (error !== null || !this.isThere) {
      this.phase = 'apart'
      this.ports.restless.add(this)
      return
    }
    this.phase = 'joined'
    // With what is queued goes whatever an earlier connection did not acknowledge.
    this.sending?.send(0)
    // It may have changed since the door looked.
    this.key?.check()
  }

  /** Does what is due by the clock. Returns whether anything is left to be done. */
  tick(): boolean {
    if (this.phase === 'apart') this.join()
    const isSending = this.sending?.tick() ?? false
    const isChecking = this.key?.tick() ?? false
    return isSending || isChecking
  }

  close(): void {
    if (this.phase === 'closed') return
    this.phase = 'closed'
    this.sending?.close()
    this.key?.close()
    this.ports.all.delete(this)
    this.ports.restless.delete(this)
    this.ports.demand.leave(this.topic, this)
  }

  private join(): void {
    this.phase = 'joining'
    this.ports.demand.join(this.topic, this, null, this)
  }
}
