import type { Socket } from 'node:net'
import type { LineDrop } from '../../metrics/lines.ts'

export type TellPorts = {
  /** Something that came was not taken. */
  dropped: (why: LineDrop) => void
  /** Milliseconds, by a clock that never goes back. */
  clock: () => number
}

/** Counts what is wrong, and tells the other side; `words`: where there is more to say than usual. */
export type Tell = (why: NmeaDrop, words?: string) => void

type NmeaDrop = Extract<LineDrop, `nmea_${string}`>

const WORDS: Partial<Record<NmeaDrop, string>> = {
  nmea_checksum: 'The checksum of a line is wrong.',
  nmea_malformed: 'A line is no sentence of NMEA 0183.',
  nmea_long: 'A line is longer than it may be.',
}

/** The same is told so often at the most (ms), and nothing to whoever does not read. */
const TOLD_EVERY_MS = 10_000
const MOST_UNREAD_BYTES = 4096

/** Tells what is wrong as one line of the sender's own kind: `$WF,error,checksum,The checksum of a line is wrong.` */
export const createTell = (socket: Socket, { dropped, clock }: TellPorts): Tell => {
  const told = new Map<NmeaDrop, number>()
  return (why, words = WORDS[why] ?? '') => {
    dropped(why)
    const before = told.get(why)
    if (before !== undefined && clock() - before < TOLD_EVERY_MS) return
    if (!socket.writable || socket.writableLength > MOST_UNREAD_BYTES) return
    told.set(why, clock())
    socket.write(`$WF,error,${why.slice('nmea_'.length)},${words.replaceAll(',', ';')}\r\n`)
  }
}
