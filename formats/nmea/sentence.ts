import { unixTime } from '../times.ts'

/**
 * One sentence of a log. `address`: who talks and what it is (`GPRMC`); `fields`: what follows it, without blanks
 * around. `sum`: whether the checksum holds; null where there is none, which NMEA 0183 allows. `isTagged`: it stands in
 * a TAG block of NMEA 4; `taggedAt`: the time that the block tells, NaN where it tells none; `source`: who the block
 * says sent it, empty where it does not.
 */
export type Sentence = {
  row: number
  line: string
  address: string
  fields: string[]
  sum: boolean | null
  isTagged: boolean
  taggedAt: number
  source: string
}

/**
 * TAG blocks first, all there are or none, so that a line of backslashes is not tried in every way; then whatever a
 * logger put before the sentence, which the last `$` or `!` of the line begins.
 */
const LINE = /^(?=((?:\\[^\\]*\\)*))\1.*[$!]([A-Z][A-Z0-9]{2,})([,*][^$!]*)$/
const BODY = /^([^*]*)(?:\*(.{0,2}))?/
const TAG_BLOCK = /\\([^\\]*)\\/g

const xorOf = (text: string): number => {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum ^= text.charCodeAt(i)
  return sum
}

/** Whether `sum` (two hexadecimal digits) is that of `text`; null where there is none. */
const sumHolds = (text: string, sum: string | undefined): boolean | null =>
  sum === undefined ? null : /^[0-9A-F]{2}$/i.test(sum) && Number.parseInt(sum, 16) === xorOf(text)

/** What the TAG blocks whose checksum holds tell under a letter: `c` the time, `s` the source. Empty: nothing. */
const tagOf = (blocks: string, letter: 'c' | 's'): string => {
  for (const [, block = ''] of blocks.matchAll(TAG_BLOCK)) {
    const [, text = '', sum] = BODY.exec(block) ?? []
    const part = text.split(',').find((each) => each.startsWith(`${letter}:`))
    if (part !== undefined && sumHolds(text, sum) !== false) return part.slice(2).trim()
  }
  return ''
}

/** The time of a TAG block, in seconds or milliseconds; NaN where it is none. */
const tagTime = (text: string): number => (/^\d+$/.test(text) ? unixTime(Number(text)) : Number.NaN)

/** Between two sentences that stand on one line: behind a checksum, before what begins a sentence. */
const JOINT = /(?<=\*[\dA-F]{2})\s*(?=(?:\\[^\\]*\\)*[$!](?:[A-Z][A-Z0-9]{4}|P[A-Z0-9]{2,})[,*])/i

/** The sentences of a line, which is one as a rule. */
export const partsOf = (line: string): string[] => line.split(JOINT)

/** The sentence of a line; null where it holds none. */
export const parseSentence = (line: string, row: number): Sentence | null => {
  const [, tags = '', address = '', rest = ''] = LINE.exec(line) ?? []
  if (!/^([A-Z][A-Z0-9][A-Z0-9]{3}|P[A-Z0-9]{2,})$/.test(address)) return null
  const [, body = '', sum] = BODY.exec(rest) ?? []
  const fields = body.split(',').slice(1)
  return {
    row,
    line,
    address,
    fields: fields.map((field) => field.trim()),
    sum: sumHolds(address + body, sum),
    isTagged: tags !== '',
    taggedAt: tagTime(tagOf(tags, 'c')),
    source: tagOf(tags, 's'),
  }
}

/** What a sentence is, whoever talks: `RMC`; of a maker's own ones, who made it: `PMTK`. */
export const typeOf = ({ address }: Sentence): string =>
  address.startsWith('P') ? address.slice(0, 4) : address.slice(-3)

/** A sentence as a line of text, and back: what waits is kept so. */
export const writeSentence = ({ row, line }: Sentence): string => `${row} ${line}`
export const readSentence = (text: string): Sentence => {
  const space = text.indexOf(' ')
  const sentence = parseSentence(text.slice(space + 1), Number(text.slice(0, space)))
  if (sentence === null) throw new Error('a sentence that was kept is none any more')
  return sentence
}
