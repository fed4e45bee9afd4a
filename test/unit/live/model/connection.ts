import { createTasks } from '../../../../server/access/tasks.ts'
import { parseBytes } from '../../../../server/live/bytes.ts'
import type { FrameWriter } from '../../../../server/live/frame-writer.ts'
import { type ClientSocket, openSession, type SessionCaps, type SessionPorts } from '../../../../server/live/session.ts'
import type { Acts } from '../../../../server/live/who.ts'
import type { Work } from '../../../../server/live/work.ts'
import type { ClientEnd } from './client.ts'

/** A client's connection to a node. What the node writes waits in it until the client takes it. */
export type Connection = {
  request: (event: string, request: object, reply: (reply: object) => void) => void
  /** A client that is stalled takes nothing. */
  stall: (stalled: boolean) => void
  /** The client takes what waits; answers whether there was anything. */
  take: () => boolean
  /** What the client may watch has become less. */
  withdraw: () => void
  /** The node ends it, and says why. */
  dismiss: () => void
  close: () => void
}

type Handler = (request: unknown, reply: (reply: object) => void) => void
type Item = { size: number; give: () => void }

/** Costs are of the connection, which is not here. */
const freeWork = (): Work => {
  const tasks = createTasks({
    atOnce: 1,
    measured: (piece) => piece(),
    mayGoOn: () => true,
    later: queueMicrotask,
    done: () => {},
  })
  return { measured: (work) => work(), topic: () => {}, perform: tasks.add, forget: tasks.close }
}

const nothing = async (): Promise<object> => ({})
const acts: Acts = {
  say: nothing,
  mark: nothing,
  here: nothing,
  command: nothing,
  cancel: nothing,
  renew: nothing,
}

/** Opens a real session over a socket in memory: as much of Socket.IO's as a session uses, below it too. */
export const openConnection = (client: ClientEnd, caps: SessionCaps, ports: SessionPorts): Connection => {
  const handlers = new Map<string, Handler>()
  let waiting: Item[] = []
  let stalled = false
  let open = true
  /** The node is done with it: it ends once the client has taken what waits. */
  let over = false

  const write = (size: number, give: () => void): void => {
    if (open) waiting.push({ size, give })
  }
  const writeFrame = (frame: Parameters<FrameWriter['write']>[0]): void => {
    const [event, value] = parseBytes<[string, unknown]>(frame.slice(frame.indexOf('42[') + 2))
    write(frame.length, () => client.heard(event, value))
  }
  const close = (): void => {
    if (!open) return
    open = false
    waiting = []
    session.close()
    client.gone()
  }
  const net = {
    write: writeFrame,
    resetAndDestroy: () => queueMicrotask(close),
    get writableLength() {
      return waiting.reduce((sum, { size }) => sum + size, 0)
    },
  }
  const socket = {
    nsp: { name: '/' },
    conn: {
      readyState: 'open',
      writeBuffer: [],
      transport: { socket: { _socket: net, terminate: () => queueMicrotask(close) } },
    },
    on: (event: string, handler: Handler) => handlers.set(event, handler),
    disconnect: () => {
      over = true
    },
  }
  const work = freeWork()
  const who = { mayWatch: client.mayWatch, extent: () => 'all' as const, acts, isGuest: client.isGuest }
  const session = openSession(socket as unknown as ClientSocket, caps, ports, work, who)

  return {
    request: (event, request, reply) => {
      queueMicrotask(() => {
        if (open && !over)
          handlers.get(event)?.(request, (answer) => {
            const text = JSON.stringify(answer)
            write(text.length, () => reply(JSON.parse(text)))
          })
      })
    },
    stall: (now) => {
      stalled = now
    },
    take: () => {
      if (stalled || waiting.length === 0) return false
      const items = waiting
      waiting = []
      for (const { give } of items) if (open) give()
      if (over) close()
      return true
    },
    withdraw: () => {
      if (open) session.withdraw()
    },
    dismiss: () => {
      if (open && !over) session.dismiss({ kind: 'signed_out', reason: 'revoked' })
    },
    close,
  }
}
