import type { Sent } from '../../../wire/commands.ts'
import type { Answer, Report } from '../../../wire/devices.ts'
import type { IsDone } from './owntracks-commands.ts'

/**
 * What a message at a topic says; `report` null: it is not from the device itself, so that nothing was heard of it.
 * `isDone`: which commands it shows to be carried out, where it names none.
 */
export type ToldByBroker = { report: Report | null; answers: readonly Answer[]; isDone: IsDone | null }

/** What is published for a device; `until`: it is of no use any more then (Unix ms). */
export type ForBroker = { topic: string; payload: string; until: number }
/** Commands for the broker, and those that are refused in the device's name. */
export type Written = { messages: ForBroker[]; refused: readonly Answer[] }

/** One kind of device behind a broker: where it publishes, how that is read, and how commands are written for it. */
export type BrokerFormat = {
  /** What to subscribe to. */
  topics: string
  /** The id of the device that publishes at a topic; null where it is none of these topics. */
  idOf: (topic: string) => string | null
  /** `wrong`: why it cannot be read. */
  read: (text: string) => ToldByBroker | { wrong: string }
  /** Commands of a device, for where it listens. `at`: the floor's clock, Unix milliseconds. */
  write: (topic: string, commands: readonly Sent[], at: number) => Written
}
