import type { Sent } from '../../../wire/commands.ts'
import { type Connection, openConnection } from '../../bench/load/connection.ts'

export type DeviceLineOptions = {
  /** Ports of nodes, one as good as the other; they may come and go. */
  ports: readonly number[]
  /** Place of the one to begin with. */
  first: number
  id: string
  key: string
}

export type DeviceLineHandlers = {
  /** It is connected, and was greeted. */
  hello: () => void
  commands: (commands: readonly Sent[]) => void
  /** Not let in, in the node's words; it tries again all the same. */
  refused: (reason: string) => void
}

export type DeviceLine = {
  /** Sends an event, and resolves with its reply; with null where the connection was lost first. */
  ask: (event: 'report' | 'answer', payload: object) => Promise<object | null>
  isOpen: () => boolean
  /** Loses the connection, and stays away for so long (ms). */
  drop: (awayMs: number) => void
  close: () => void
}

const PATH = '/socket.io/?EIO=4&transport=websocket'
const SPACE = '/device,'
const COMES_BACK_MS = 300
/** A Socket.IO packet of this namespace: its type, the number it is to be answered under, and what it says. */
const PACKET = /^4(\d)\/device,(\d*)(.*)$/s

/**
 * A device's connection by docs/devices.md, written by hand so that one process can hold thousands. Where it is lost,
 * the next node is tried, for ever.
 */
export const openDeviceLine = (
  { ports, first, id, key }: DeviceLineOptions,
  handlers: DeviceLineHandlers,
): DeviceLine => {
  const waiting = new Map<number, (reply: object | null) => void>()
  let connection: Connection | null = null
  let isOpen = false
  let isClosed = false
  let place = first
  let next = 0

  const lost = (awayMs: number): void => {
    connection?.destroy()
    connection = null
    isOpen = false
    for (const settle of waiting.values()) settle(null)
    waiting.clear()
    if (!isClosed) setTimeout(open, awayMs)
  }
  const event = ([name, payload]: [string, { commands?: Sent[]; kind?: string; reconnectMs?: number }]): void => {
    if (name === 'hello') {
      isOpen = true
      handlers.hello()
    } else if (name === 'commands') handlers.commands(payload.commands ?? [])
    else if (name === 'notice' && payload.kind === 'shutdown') leave(payload.reconnectMs ?? 0)
  }
  const leave = (afterMs: number): void => {
    const left = connection
    setTimeout(() => left === connection && lost(0), afterMs)
  }
  const read = (text: string): void => {
    if (text === '2') connection?.send('3')
    else if (text.startsWith('0')) connection?.send(`40${SPACE}${JSON.stringify({ id, key })}`)
    const [, type, number, body = ''] = PACKET.exec(text) ?? []
    if (type === '2') event(JSON.parse(body))
    else if (type === '3') {
      waiting.get(Number(number))?.((JSON.parse(body) as object[])[0] ?? {})
      waiting.delete(Number(number))
    } else if (type === '4') {
      handlers.refused(body)
      lost(COMES_BACK_MS)
    } else if (type === '1') lost(COMES_BACK_MS)
  }
  const open = (): void => {
    if (isClosed || connection !== null) return
    const port = ports[place++ % ports.length] ?? 0
    const own: Connection = openConnection(port, PATH, {
      onText: (bytes, start, end) => own === connection && read(bytes.toString('utf8', start, end)),
      onBytes: () => {},
      onOpen: () => {},
      onClose: () => own === connection && lost(COMES_BACK_MS),
    })
    connection = own
  }
  open()

  return {
    ask: (name, payload) =>
      new Promise((resolve) => {
        if (connection === null || !isOpen) return resolve(null)
        const number = next++
        waiting.set(number, resolve)
        connection.send(`42${SPACE}${number}${JSON.stringify([name, payload])}`)
      }),
    isOpen: () => isOpen,
    drop: (awayMs) => {
      if (connection !== null) lost(awayMs)
    },
    close: () => {
      isClosed = true
      lost(0)
    },
  }
}
