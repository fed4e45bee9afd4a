import type { Socket } from 'node:net'
import { MOST_REPORTED, type Report, type ReportedFix } from '../../../wire/devices.ts'
import { isOwnFault } from '../../faults.ts'
import type { LineDrop } from '../../metrics/lines.ts'
import type { Admitted, Doorkeeper, Intake } from '../ports.ts'
import { AWAY_OR_BUSY, type Insist, type InsistPorts, isFailed } from './insist.ts'
import { LongLine, readLines } from './lines.ts'
import { createNmeaReader, type NmeaReader } from './nmea.ts'
import { createTell, type Tell } from './nmea-tell.ts'

export type NmeaLinePorts = {
  intake: Pick<Intake, 'report'>
  doorkeeper: Doorkeeper
  /** Calls `end` once the key that let a device in is no longer good. */
  followKey: (admitted: Admitted, end: () => void) => { close: () => void }
  insist: Insist
  /** Something that came was not taken. */
  dropped: (why: LineDrop) => void
  /** Whether the node stops. */
  isStopping: () => boolean
  /** Unix milliseconds. */
  now: () => number
} & InsistPorts

/** What a line may have, in bytes; NMEA 0183 itself allows 82. */
export const MOST_LINE_BYTES = 1024
/** For the line that says who sends, in milliseconds. */
export const FIRST_LINE_MS = 10_000
/** For Redis to say whether the key is right, in milliseconds. */
const ADMIT_MS = 60_000
/** So long a connection waits for something to come, or for Redis to take what came, in milliseconds. */
export const IDLE_MS = 600_000
/** What came at once and took so long to read (ms) is rested for so many times as long: 5% of a core. */
const LONG_MS = 1
const REST = 19
/** A receiver says all of one moment together: what is said later than this (ms) is of the next one. */
const QUIET_MS = 250
/** A receiver that has no position counts as heard so often, in milliseconds. */
const LIFE_MS = 10_000
/** How long the other side may take to read why its connection ends, in milliseconds. */
const GOODBYE_MS = 1000

type Line = {
  ports: NmeaLinePorts
  tell: Tell
  /** The next lines; null: no more come. */
  next: () => Promise<string[] | null>
  /** Nothing more is wanted of it. */
  isOver: () => boolean
}

/** Serves one connection until it ends. Rejects with faults of our own only. */
export const serveLine = async (socket: Socket, address: string, ports: NmeaLinePorts): Promise<void> => {
  const tell = createTell(socket, ports)
  let isOver = false
  const line: Line = { ports, tell, next: linesOf(socket, tell), isOver: () => isOver || ports.isStopping() }
  const entered = await enter(line, address)
  if (entered !== null) {
    const key = ports.followKey(entered.admitted, () => {
      isOver = true
      tell('nmea_unknown', 'The key of this device was made anew or taken back.')
      void hangUp(socket, ports)
    })
    await follow(line, entered.admitted.id, entered.rest).finally(key.close)
  }
  await hangUp(socket, ports)
}

/** Reads lines as they are wanted. That a connection breaks is no more than its end. */
const linesOf = (socket: Socket, tell: Tell): Line['next'] => {
  const pieces = readLines(socket.iterator({ destroyOnReturn: false }), MOST_LINE_BYTES)
  return async () => {
    try {
      const { done, value } = await pieces.next()
      return done ? null : value
    } catch (error) {
      if (error instanceof LongLine) tell('nmea_long')
      else if (isOwnFault(error)) throw error
      return null
    }
  }
}

/** Ends a connection so that what was told last arrives: to close it with something unread would throw that away. */
const hangUp = async (socket: Socket, { wait }: NmeaLinePorts): Promise<void> => {
  if (socket.destroyed) return
  socket.end()
  socket.resume()
  await wait(GOODBYE_MS)
  socket.destroy()
}

/** The id and the key of the first line; null where it has none. A blank may be part of an id. */
const readFirst = (line: string): { id: string; key: string } | null => {
  const text = line.trim()
  const blank = text.lastIndexOf(' ')
  return blank < 0 ? null : { id: text.slice(0, blank).trim(), key: text.slice(blank + 1) }
}

/** Lets a device in by its first line. Returns who it is and the lines that came with that one; null: it is not let in. */
const enter = async (
  { next, tell, ports, isOver }: Line,
  address: string,
): Promise<{ admitted: Admitted; rest: string[] } | null> => {
  const [first = '', ...rest] = (await Promise.race([next(), ports.wait(FIRST_LINE_MS).then(() => null)])) ?? []
  const read = readFirst(first)
  if (read === null) {
    tell('nmea_unknown', 'The first line must be the id of the device and its key; with a blank between.')
    return null
  }
  const patience = { forMs: ADMIT_MS, passing: AWAY_OR_BUSY, isOver }
  const reply = await ports.insist(() => ports.doorkeeper.admit(read.id, read.key, address), patience)
  if (!isFailed(reply)) return { admitted: reply, rest }
  tell('nmea_unknown', reply.error.message)
  return null
}

const QUIET = Symbol('nothing comes')

/** Passes on what a receiver says. Nothing is read while what came before waits for Redis. */
const follow = async (line: Line, id: string, rest: readonly string[]): Promise<void> => {
  const { next, ports, isOver } = line
  const { reader, take, send } = createSending(line, id)
  take(rest)
  await send()
  while (!isOver()) {
    const coming = next()
    const soon = await Promise.race([coming, ports.wait(QUIET_MS).then((): typeof QUIET => QUIET)])
    if (soon === QUIET) {
      reader.flush()
      await send()
    }
    const lines = await coming
    if (lines === null) break
    const from = ports.clock()
    take(lines)
    const took = ports.clock() - from
    await send()
    // Whoever says much that is no position pays for it, too: it is not read on for a while.
    if (took >= LONG_MS) await ports.wait(took * REST)
  }
  reader.end()
  await send()
}

/** Gathers the fixes of some lines, and hands them on. */
const createSending = (line: Line, id: string) => {
  const { ports, tell } = line
  const fixes: ReportedFix[] = []
  let isAlive = false
  let heardAt = Number.NEGATIVE_INFINITY
  const reader: NmeaReader = createNmeaReader({
    fix: (fix) => fixes.push(fix),
    wrong: (why) => tell(why === 'checksum' ? 'nmea_checksum' : 'nmea_malformed'),
    now: ports.now,
  })
  const report = async (report: Report): Promise<void> => {
    heardAt = ports.clock()
    const patience = { forMs: IDLE_MS, passing: AWAY_OR_BUSY, isOver: line.isOver }
    const reply = await ports.insist(() => ports.intake.report(id, report, 'nmea'), patience)
    if (isFailed(reply)) tell('nmea_lost', reply.error.message)
    else for (const why of reply.refused) tell('nmea_refused', `A fix was refused: ${why}`)
  }
  return {
    reader,
    take: (lines: readonly string[]): void => {
      for (const text of lines) if (reader.take(text)) isAlive = true
    },
    send: async (): Promise<void> => {
      while (fixes.length > 0) await report({ fixes: fixes.splice(0, MOST_REPORTED) })
      if (isAlive && ports.clock() - heardAt >= LIFE_MS) await report({})
      isAlive = false
    },
  }
}
