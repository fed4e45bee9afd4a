import type { Sent } from '../../../wire/commands.ts'
import type { Answer, Report } from '../../../wire/devices.ts'

/** What a message at a topic says; `report` null: it is not from the device itself, so that nothing was heard of it. */
export type ToldByBroker = { report: Report | null; answers: readonly Answer[] }

/** What is published for a device; `until`: it is of no use any more then (Unix ms). */
export type ForBroker = { topic: string; payload: string; until: number }

/** One kind of device behind a broker: where it publishes, how that is read, and how commands are written for it. */
export type BrokerFormat = {
  /** What to subscribe to. */
  topics: string
  /** The id of the device that publishes at a topic; null where it is none of these topics. */
  idOf: (topic: string) => string | null
  /** `wrong`: why it cannot be read. */
  read: (text: string) => ToldByBroker | { wrong: string }
  /** Commands of a device, for where it listens. */
  write: (topic: string, commands: readonly Sent[], now: number) => ForBroker[]
}
