import { WebSocket } from 'ws'
import { eventually } from './eventually.ts'

/**
 * One Socket.IO packet of the data sort, as it went over the wire. `kind`: an event from either side, or its
 * acknowledgement.
 */
export type Packet = { from: 'client' | 'node'; kind: 'event' | 'reply'; event: string; payload: unknown; text: string }

export type RawClient = {
  /** Everything that went over the wire, in order. */
  packets: Packet[]
  /** What is neither event nor reply: opening, joining, pings, the end. */
  control: string[]
  /** The payloads of one event, in the order they came. */
  heard: <T>(event: string) => T[]
  /** Emits with an acknowledgement asked for, and resolves with it. */
  ask: <T>(event: string, payload: unknown) => Promise<T>
  /** Takes nothing more from the network, or goes on. */
  pause: () => void
  resume: () => void
  isOpen: () => boolean
  close: () => void
}

/**
 * A client without any Socket.IO library, by docs/protocol.md: it writes and reads the packets itself. `onPacket` sees
 * each as it comes and goes. `auth`: what it shows to be let in. Resolves after its hello.
 */
export const connectRaw = async (
  url: string,
  onPacket: (packet: Packet) => void = () => {},
  auth?: { token: string },
): Promise<RawClient> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const packets: Packet[] = []
  const control: string[] = []
  const asked = new Map<number, { event: string; resolve: (payload: never) => void }>()
  let next = 0

  const note = (packet: Packet): void => {
    packets.push(packet)
    onPacket(packet)
  }
  const read = (text: string): void => {
    const [, type, id, body = ''] = /^(4[23])(\d*)(.*)$/su.exec(text) ?? []
    if (type === undefined) {
      control.push(text)
      if (text.startsWith('0')) socket.send(`40${auth === undefined ? '' : JSON.stringify(auth)}`)
      if (text === '2') socket.send('3')
      return
    }
    const args = JSON.parse(body) as unknown[]
    if (type === '42') {
      note({ from: 'node', kind: 'event', event: String(args[0]), payload: args[1], text })
      return
    }
    const ack = asked.get(Number(id))
    asked.delete(Number(id))
    note({ from: 'node', kind: 'reply', event: ack?.event ?? `unasked ${id}`, payload: args[0], text })
    ack?.resolve(args[0] as never)
  }
  socket.on('message', (data) => read(String(data)))
  socket.on('error', () => {})
  const heard = <T>(event: string): T[] =>
    packets.flatMap((each) => (each.kind === 'event' && each.event === event ? [each.payload as T] : []))
  await eventually('a hello', () => heard('hello').length > 0)
  return {
    packets,
    control,
    heard,
    ask: (event, payload) =>
      new Promise((resolve) => {
        const id = next++
        asked.set(id, { event, resolve })
        const text = `42${id}${JSON.stringify([event, payload])}`
        note({ from: 'client', kind: 'event', event, payload, text })
        socket.send(text)
      }),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  }
}
