import type { Segment } from '../../../wire/protocol.ts'
import type { Dialect } from '../load/client.ts'
import { type Connection, openConnection } from '../load/connection.ts'

const PATH = '/socket.io/?EIO=4&transport=websocket'

type Fix = { t: number; n: number }
export type DeskOptions = { port: number; dialect: Dialect; cookie: string | null; devices: readonly string[] }
export type DeskHandlers = {
  onWhole: () => void
  onFix: (device: string, fix: Fix) => void
  /** A command was taken, or not: null where it was. */
  onReply: (fault: string | null) => void
  onEnd: () => void
}
export type Desk = { command: (id: string, device: string) => void; close: () => void }

/** Somebody who watches some devices, and may ask them for something. */
export const openDesk = ({ port, dialect, cookie, devices }: DeskOptions, handlers: DeskHandlers): Desk => {
  const isOurs = dialect === 'watchfloor'
  const watch = (): void => {
    const topics = devices.map((id) => ({ topic: `d:${id}` }))
    connection.send(`420${JSON.stringify(['watch', isOurs ? { topics } : devices])}`)
  }
  const segments = (all: readonly Segment[]): void => {
    for (const segment of all)
      if ('fixes' in segment) for (const fix of segment.fixes ?? []) handlers.onFix(segment.topic.slice(2), fix)
  }
  const event = (text: string): void => {
    const [name, payload] = JSON.parse(text) as [string, unknown]
    if (name === 'updates') segments(payload as Segment[])
    else if (name === 'fix') {
      const { id, fix } = payload as { id: string; fix: Fix }
      handlers.onFix(id, fix)
    }
  }
  const read = (text: string): void => {
    if (text === '2') connection.send('3')
    else if (text.startsWith('0{')) connection.send('40')
    else if (text.startsWith('40')) watch()
    else if (text.startsWith('42[')) event(text.slice(2))
    else if (text.startsWith('430[')) handlers.onWhole()
    else if (text.startsWith('43')) handlers.onReply(text.includes('"error"') ? text.slice(0, 200) : null)
  }
  let isClosed = false
  const headers = cookie === null ? [] : [`Cookie: ${cookie}`]
  const connection: Connection = openConnection(
    port,
    PATH,
    {
      onText: (bytes, start, end) => read(bytes.toString('utf8', start, end)),
      onBytes: () => {},
      onOpen: () => {},
      onClose: () => isClosed || handlers.onEnd(),
    },
    headers,
  )
  return {
    command: (id, device) => {
      const args = { text: 'Call the depot, please' }
      const request = isOurs
        ? { id, to: { devices: [device] }, kind: 'message', args }
        : { id, to: device, kind: 'message', args }
      connection.send(`421${JSON.stringify(['command', request])}`)
    },
    close: () => {
      isClosed = true
      connection.destroy()
    },
  }
}
