import type { Sent } from './commands.ts'
import type { DeviceDescription, Fix } from './fleet.ts'
import type { WireError } from './protocol.ts'

/**
 * A fix as a device reports it, without its id. `n` may lack where the device does not number; `t`: its own clock, Unix
 * milliseconds.
 */
export type ReportedFix = Omit<Fix, 'id' | 'n' | 'doubtful'> & { n?: number }

/**
 * What comes from a device, by whichever door. Without fixes it is a sign of life. `parked`: whether it said that it
 * stopped, so that its silence means nothing. `every`: seconds at which it says it reports. `takes`: kinds of commands
 * that it understands; left out where its door cannot carry any. `attributes`: all else that it told.
 */
export type Report = {
  fixes?: ReportedFix[]
  parked?: boolean
  every?: number
  takes?: string[]
  attributes?: Record<string, string | number | boolean>
}
/** Fixes in one report. */
export const MOST_REPORTED = 200

/** What became of a report's fixes; `refused`: place and reason, as the function library gives them. */
export type Taken = { accepted: number; repeats: number; refused: string[] }
export type ReportReply = Taken | { error: WireError }

/** What a device says of a command: the event `answer`. */
export type Answer = {
  id: string
  state: 'acknowledged' | 'done' | 'failed' | 'refused'
  reason?: string
  answer?: string
}

/** `POST /in/device`, with `Authorization: Bearer KEY`. The reply carries what is to be done. */
export type DeviceRequest = Report & { id: string; answers?: Answer[] }
/** `at`: the node's clock, Unix milliseconds; `until` of the commands is by it. */
export type DeviceReply = Taken & { at: number; commands: Sent[] }

/** `POST /api/devices`: adds devices, or gives those that there are new keys. Up to 500. */
export type AddDevicesRequest = { devices: ({ id: string } & DeviceDescription)[] }
/** `key` is told this once. `added` false: the device was there, and has a new key. */
export type AddDevicesReply = { devices: { id: string; key: string; added: boolean }[] }
/** `PUT /api/devices/:id` takes a `DeviceDescription`. `POST /api/devices/:id/key` makes a new key. */
export type KeyReply = { id: string; key: string }
export type DeviceDoneReply = { done: true }
/** `POST /api/devices.csv`: what became of each line, by its number, where it went wrong. */
export type ImportReply = { added: number; changed: number; wrong: { line: number; why: string }[] }
