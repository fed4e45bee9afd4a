import { Written } from '../live/bytes.ts'

/** Socket.IO's packets, as far as this node speaks them: source, socket.io-protocol 5. */
const CONNECT = 0
const DISCONNECT = 1
const EVENT = 2

type Packet = { type: number; nsp: string; id?: number; data?: unknown }

/**
 * What is heard in a namespace: texts, and numbers, that whoever joins may say of itself (no more is read), and the
 * events after.
 */
export type Heard = { auth: readonly string[]; numbers?: readonly string[]; events: readonly string[] }
type Namespace = { name: string; auth: ReadonlyMap<string, 'string' | 'number'>; events: ReadonlySet<string> }
type Namespaces = ReadonlyMap<string, Namespace>

/** What somebody may say of itself when it joins, in letters. */
const MOST_OF_AUTH = 4096
/** How a packet begins: its type, then the namespace, but for the main one. */
const START = /^([0-2])(?:(\/[a-z]{1,16}),)?/
/** How an event goes on: perhaps a number for the answer, then JSON, an array with a name first. */
const HEAD = /^(\d{0,15})\[\s{0,16}"((?:[^"\\]|\\.){0,256})"/

class Encoder {
  encode({ type, nsp, id, data }: Packet): string[] {
    return [`${type}${nsp === '/' ? '' : `${nsp},`}${id ?? ''}${data === undefined ? '' : write(data)}`]
  }
}

/** An answer may be written already. */
const write = (data: unknown): string =>
  Array.isArray(data) && data[0] instanceof Written ? `[${data[0].text}]` : JSON.stringify(data)

/**
 * Reads what a client sends before Socket.IO does anything with it; each connection has its own. It lets through:
 * joining one namespace, once, the events of that with their one argument, leaving. An event of another name is dropped
 * unread. All else throws, upon which Socket.IO ends the connection: a number of arguments that no call can have, other
 * namespaces, attachments, answers to what nobody asked.
 */
class Decoder {
  private readonly namespaces: Namespaces
  private readonly refused: () => void
  /** The one that was joined; null before, and undefined once it was left. */
  private joined: Namespace | null | undefined = null
  private decoded: ((packet: Packet) => void) | null = null

  constructor(namespaces: Namespaces, refused: () => void) {
    this.namespaces = namespaces
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
    const [start = '', type, name = '/'] = START.exec(text) ?? []
    const namespace = this.namespaces.get(name)
    if (type === undefined || !namespace) return null
    const rest = text.slice(start.length)
    if (Number(type) === CONNECT) {
      const isFirst = this.joined === null
      this.joined = namespace
      return isFirst ? readJoining(rest, namespace) : null
    }
    if (this.joined !== namespace) return null
    if (Number(type) === EVENT) return readEvent(rest, namespace)
    this.joined = undefined
    return rest === '' ? { type: DISCONNECT, nsp: name } : null
  }
}

const readJoining = (text: string, { name, auth }: Namespace): Packet | null => {
  if (text === '') return { type: CONNECT, nsp: name }
  if (!text.startsWith('{') || text.length >= MOST_OF_AUTH) return null
  const said = parse<Record<string, unknown>>(text)
  if (said === null) return null
  const data: Record<string, unknown> = {}
  for (const [key, type] of auth) {
    const value = Object.hasOwn(said, key) ? said[key] : undefined
    if (![type, 'undefined'].includes(typeof value)) return null
    data[key] = value
  }
  return { type: CONNECT, nsp: name, data }
}

const readEvent = (text: string, { name: nsp, events }: Namespace): Packet | 'ignored' | null => {
  const [, id = '', name] = HEAD.exec(text) ?? []
  if (name === undefined) return null
  if (!events.has(name)) return 'ignored'
  const data = parse<unknown[]>(text.slice(id.length))
  if (data === null || data.length > 2) return null
  // Always an argument, so that the function that sends the answer is never taken for it.
  const packet: Packet = { type: EVENT, nsp, data: [data[0], data[1]] }
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

const namespaceOf = (name: string, { auth, numbers = [], events }: Heard): Namespace => {
  const texts = auth.map((key) => [key, 'string'] as const)
  return { name, auth: new Map([...texts, ...numbers.map((key) => [key, 'number'] as const)]), events: new Set(events) }
}

/**
 * Socket.IO's option `parser`: what is heard in each namespace. `refused` is called for each connection that is ended
 * for what it sent.
 */
export const createParser = (heard: Record<string, Heard>, refused: () => void) => {
  const namespaces = new Map(Object.entries(heard).map(([name, own]) => [name, namespaceOf(name, own)]))
  return {
    Encoder,
    Decoder: class extends Decoder {
      constructor() {
        super(namespaces, refused)
      }
    },
  }
}
