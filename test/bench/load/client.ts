import type { Cursor, Segment, WatchReply } from '../../../wire/protocol.ts'
import { symbolTopic } from '../../../wire/topics.ts'
import { symbolName } from '../floor.ts'
import { type Connection, openConnection } from './connection.ts'
import { type OnTrade, scanPlain, scanUpdates } from './scan.ts'
import type { Tally } from './tally.ts'

/** How a server is talked to: as Watchfloor, as the plain Socket.IO server, or as one of the plain `ws` servers. */
export type Dialect = 'watchfloor' | 'socket.io' | 'ws'

export type ClientPorts = {
  port: number
  dialect: Dialect
  /** What it shows to be let in. */
  token: string | undefined
  tally: Tally
  now: () => number
  /** Called once every watched symbol is answered for, after it connected. */
  onWhole: () => void
  /** Called where the server could not answer for all of them; asking again is for `onRefused` to decide. */
  onRefused: (again: () => void) => void
  onEnd: () => void
  count: { frames: number; bytes: number }
  /** The epoch of each symbol as the server told it, shared by all clients. */
  epochs: Map<number, string>
}

export type Client = { close: () => void }

const SOCKET_IO_PATH = '/socket.io/?EIO=4&transport=websocket'
const WATCH_REPLY = '430['
const JOIN_REPLY = '430'
const SYMBOL_NUMBER = /(\d+)$/

const numberOf = (name: string): number => Number(SYMBOL_NUMBER.exec(name)?.[1] ?? -1)

/**
 * One client, number `id` in the tally, that watches `symbols`; with cursors where it was connected before (`again`).
 */
export const openClient = (id: number, symbols: readonly number[], ports: ClientPorts, again = false): Client => {
  const { dialect, token, tally, count, epochs } = ports
  let now = 0
  let closing = false
  let resumed = again

  /** Trades that came before the node answered; null while no answer is awaited. */
  let held: Parameters<OnTrade>[] | null = null

  const onTrade: OnTrade = (symbol, seq, at) => {
    if (held) held.push([symbol, seq, at])
    else tally.got(id, symbol, seq, at, now)
  }
  const stand = (symbol: number, cursor: Cursor): void => {
    tally.stand(id, symbol, cursor.seq)
    epochs.set(symbol, cursor.epoch)
  }

  const watch = (asked: readonly number[]): void => {
    held ??= []
    const topics = asked.map((symbol) => {
      const topic = symbolTopic(symbolName(symbol))
      const cursor = { epoch: epochs.get(symbol) ?? '', seq: tally.standing(id, symbol) }
      return resumed ? { topic, cursor } : { topic }
    })
    connection.send(`420["watch",${JSON.stringify({ topics })}]`)
  }

  const onReply = (text: string): void => {
    const [reply] = JSON.parse(text.slice(JOIN_REPLY.length)) as [WatchReply]
    const results = 'error' in reply ? [] : reply.results
    const waiting = held ?? []
    held = null
    for (const result of results) {
      if (result.kind === 'error') continue
      const symbol = numberOf(result.topic)
      if (result.kind === 'replay') for (const { seq, at } of result.updates) onTrade(symbol, seq, at)
      else if (result.kind === 'snapshot' && resumed) tally.faults.told++
      if (result.kind !== 'replay') stand(symbol, result.cursor)
    }
    for (const [symbol, seq, at] of waiting) if (seq > tally.standing(id, symbol)) onTrade(symbol, seq, at)
    const refused =
      'error' in reply ? symbols : results.flatMap((one) => (one.kind === 'error' ? numberOf(one.topic) : []))
    if (refused.length === 0) answered()
    else ports.onRefused(() => watch(refused))
  }

  const answered = (): void => {
    resumed = true
    ports.onWhole()
  }

  /** What is not a lone trade, in full: a resync, several trades in one update. */
  const onSegments = (segments: Segment[]): void => {
    for (const segment of segments) {
      const symbol = numberOf(segment.topic)
      if ('snapshot' in segment) {
        tally.faults.told++
        stand(symbol, segment)
      } else onTrade(symbol, segment.seq, segment.at)
    }
  }

  const onUpdates = (bytes: Buffer, start: number, end: number): void => {
    const rest = scanUpdates(bytes, start, end, onTrade)
    if (rest >= 0) onSegments(JSON.parse(`[${bytes.toString('utf8', rest, end - 1)}`) as Segment[])
  }

  const onEvent = (bytes: Buffer, start: number, end: number): void => {
    const head = bytes.toString('latin1', start, Math.min(end, start + 10))
    if (head.startsWith('42["upd')) onUpdates(bytes, start, end)
    else if (head.startsWith('42["trade"')) scanPlain(bytes, start + '42["trade",'.length, end, onTrade)
    else if (head.startsWith('42["gap"')) tally.faults.told++
    else if (head === '2') connection.send('3')
    else if (head.startsWith('0{')) connection.send(token === undefined ? '40' : `40${JSON.stringify({ token })}`)
    else if (head.startsWith('40')) onConnected()
    else if (dialect === 'watchfloor' && head.startsWith(WATCH_REPLY)) onReply(bytes.toString('utf8', start, end))
    else if (head.startsWith(JOIN_REPLY)) joined()
  }

  /** Asks for what it watches; a client that watches nothing is idle. */
  const onConnected = (): void => {
    if (symbols.length === 0) answered()
    else if (dialect === 'watchfloor') watch(symbols)
    else connection.send(dialect === 'ws' ? names() : join())
  }

  const names = (): string => JSON.stringify(symbols.map(symbolName))
  const join = (): string => `420["join",${names()}]`
  const joined = (): void => {
    if (!resumed) for (const symbol of symbols) tally.stand(id, symbol, 0)
    answered()
  }

  const onPlain = (bytes: Buffer, start: number, end: number): void => {
    if (bytes[start] === 0x5b) scanPlain(bytes, start + 1, end, onTrade)
    else if (end - start > 10) scanPlain(bytes, start, end, onTrade)
    else joined()
  }

  const connection: Connection = openConnection(ports.port, dialect === 'ws' ? '/' : SOCKET_IO_PATH, {
    onText: (bytes, start, end) => {
      count.frames++
      if (dialect === 'ws') onPlain(bytes, start, end)
      else onEvent(bytes, start, end)
    },
    onBytes: (bytes) => {
      now = ports.now()
      count.bytes += bytes
    },
    onOpen: () => {
      if (dialect === 'ws') onConnected()
    },
    onClose: () => {
      if (!closing) ports.onEnd()
    },
  })
  return {
    close: () => {
      closing = true
      connection.destroy()
    },
  }
}
