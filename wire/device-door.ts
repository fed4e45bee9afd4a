import type { Sent } from './commands.ts'
import type { Answer, DeviceDoneReply, Report, ReportReply } from './devices.ts'
import type { Notice, WireError } from './protocol.ts'

/** The namespace of Socket.IO in which devices speak; docs/devices-by-socket.md tells how. */
export const DEVICE_NAMESPACE = '/device'

/** What a device shows to be let in. */
export type DeviceAuth = { id: string; key: string }

/** `at`: the node's clock, Unix milliseconds. */
export type DeviceHello = { node: string; at: number }
/** What the device is to do, perhaps for the second time: by its `id` it knows what it has. */
export type DeviceCommands = { at: number; commands: readonly Sent[] }
/** The node is going: the device is to connect again, to another one, in so many milliseconds. */
export type Shutdown = Extract<Notice, { kind: 'shutdown' }>
export type AnswerReply = DeviceDoneReply | { error: WireError }

export type NodeToDevice = {
  hello: (hello: DeviceHello) => void
  commands: (commands: DeviceCommands) => void
  notice: (notice: Shutdown) => void
}

export type DeviceToNode = {
  /** Acknowledged once Redis has all of it; until then the device keeps it. */
  report: (report: Report, reply: (reply: ReportReply) => void) => void
  answer: (answer: Answer, reply: (reply: AnswerReply) => void) => void
}
