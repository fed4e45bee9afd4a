import { Written } from '../live/bytes.ts'

/** Socket.IO's packets, as far as this node speaks them: source, socket.io-protocol 5. */
const CONNECT = 0
const DISCONNECT = 1
const EVENT = 2

type Packet = { type: number; nsp: '/'; id?: number; data?: unknown }

/** What a client may say of itself when it joins, in letters: a token, which is all of it that is read. */
const MOST_OF_AUTH = 4096
/** How an event begins: perhaps a number for the answer, then JSON, an array with a name first. */
const HEAD = /^(\d{0,15})\[\s{0,16}"((?:[^"\\]|\\.){0,256})"/

class Encoder {
  encode({ type, id, data }: Packet): string[] {
    return [`${type}${id ?? ''}${data === undefined ? '' : write(data)}`]
  }
}

/** An answer may be written already. */
const write = (data: unknown): string =>
  Array.isArray(data) && data[0] instanceof Written ? `[${data[0].text}]` : JSON.stringify(data)

type Phase = 'new' | 'joined' | 'left'

/**
 * Reads what a client sends before Socket.IO does anything with it; each connection has its own. It lets through:
 * joining, once, these events with their one argument, leaving. An event of another name is dropped unread. All else
 * throws, upon which Socket.IO ends the connection: a number of arguments that no call can have, namespaces,
 * attachments, answers to what nobody asked.
 */
class Decoder {
  private readonly events: ReadonlySet<string>
  private readonly refused: () => void
  private phase: Phase = 'new'
  private decoded: ((packet: Packet) => void) | null = null

  constructor(events: ReadonlySet<string>, refused: () => void) {
    this.events = events
    this.refused = refused
  }

  on(_decoded: 'decoded', listener: (packet: Packet) => void): void {
    this.decoded = listener
  }

  removeListener(): void {
    this.decoded = null
  }

  destroy(): void {
    this.decoded = null
  }

  add(text: unknown): void {
    const packet = this.read(text)
    if (packet === 'ignored') return
    if (packet) {
      this.decoded?.(packet)
      return
    }
    this.refused()
    throw new Error('not a packet of this protocol')
  }

  /** Null where it ends the connection. */
  private read(text: unknown): Packet | 'ignored' | null {
    if (typeof text !== 'string') return null
    switch (Number(text[0])) {
      case CONNECT:
        return this.enter('new', 'joined') ? readJoining(text.slice(1)) : null
      case DISCONNECT:
        return this.enter('joined', 'left') && text.length === 1 ? { type: DISCONNECT, nsp: '/' } : null
      case EVENT:
        return this.phase === 'joined' ? readEvent(text.slice(1), this.events) : null
      default:
        return null
    }
  }

  private enter(from: Phase, to: Phase): boolean {
    const may = this.phase === from
    this.phase = to
    return may
  }
}

const readJoining = (auth: string): Packet | null => {
  if (auth === '') return { type: CONNECT, nsp: '/' }
  if (!auth.startsWith('{') || auth.length >= MOST_OF_AUTH) return null
  const data = parse<{ token?: unknown }>(auth)
  if (data === null || !['string', 'undefined'].includes(typeof data.token)) return null
  return { type: CONNECT, nsp: '/', data: { token: data.token } }
}

const readEvent = (text: string, events: ReadonlySet<string>): Packet | 'ignored' | null => {
  const [, id = '', name] = HEAD.exec(text) ?? []
  if (name === undefined) return null
  if (!events.has(name)) return 'ignored'
  const data = parse<unknown[]>(text.slice(id.length))
  if (data === null || data.length > 2) return null
  // Always an argument, so that the function that sends the answer is never taken for it.
  const packet: Packet = { type: EVENT, nsp: '/', data: [data[0], data[1]] }
  if (id !== '') packet.id = Number(id)
  return packet
}

const parse = <T>(json: string): T | null => {
  try {
    return JSON.parse(json) as T
  } catch {
    return null
  }
}

/** Socket.IO's option `parser`. `refused` is called for each connection that is ended for what it sent. */
export const createParser = (events: readonly string[], refused: () => void) => {
  const known = new Set(events)
  return {
    Encoder,
    Decoder: class extends Decoder {
      constructor() {
        super(known, refused)
      }
    },
  }
}
