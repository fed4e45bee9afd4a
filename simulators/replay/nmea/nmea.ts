import type { Collector } from '../collect.ts'
import { deviceNames } from '../devices.ts'
import { UNREADABLE } from '../times.ts'
import { dateAll } from './dates.ts'
import { fixOf, type Moment, modeNote, momentOf, rankOf, SIMULATED, VOID } from './moments.ts'
import { parseSentence, partsOf, type Sentence, typeOf } from './sentence.ts'

export const DATELESS =
  'no sentence of the log tells the date: name the day on which it begins by --date, such as --date 2024-03-05'

const COMMENT = /^(#|\/\/|;|%)/
const TAG_BLOCKS_ALONE = /^(\\[^\\]*\\)+$/
/** A line that begins with a sentence, and one that has a sentence with a checksum anywhere. */
const SENTENCES = [
  /^\s*(\\[^\\\n]*\\)*[$!]([A-Z][A-Z0-9][A-Z0-9]{3}|P[A-Z0-9]{2,})[,*]/m,
  /[$!][A-Z][A-Z0-9]{2,},[^$!*\n]*\*[\dA-Fa-f]{2}(?![\dA-Fa-f])/,
]

/** Whether some line of a text is a sentence: a log may begin with comments, or with half a line. */
export const isNmea = (text: string): boolean => SENTENCES.some((sentence) => sentence.test(text))

/** Lines of a log, without empty ones and comments. A line that holds several sentences is several. */
const linesOf = (text: string, collector: Collector): { row: number; line: string }[] =>
  text.split('\n').flatMap((raw, place) => {
    const [line, row] = [raw.trim(), place + 1]
    if (line === '') return []
    if (!COMMENT.test(line)) return partsOf(line).map((part) => ({ row, line: part }))
    collector.unneeded('comment', row, line)
    return []
  })

const readSentences = (text: string, collector: Collector): Sentence[] => {
  const sentences: Sentence[] = []
  for (const { row, line } of linesOf(text, collector)) {
    const sentence = parseSentence(line, row)
    if (sentence !== null) sentences.push(sentence)
    else if (TAG_BLOCKS_ALONE.test(line)) collector.unneeded('TAG block', row, line)
    else collector.skip('malformed: not an NMEA sentence', row, line)
  }
  return sentences
}

/**
 * Leaves out sentences whose checksum is wrong. Where sentences stand in TAG blocks and no checksum of the whole log
 * holds, whoever wrote the blocks changed the sentences and left their checksums as they were: these tell nothing then.
 */
const withoutDamaged = (sentences: readonly Sentence[], collector: Collector): Sentence[] => {
  const sumsTell = sentences.some(({ sum }) => sum === true)
  return sentences.filter(({ sum, isTagged, row, line }) => {
    if (sum !== false) return true
    if (sumsTell || !isTagged) collector.skip('the checksum is wrong', row, line)
    else collector.note('no checksum of this log holds, so they were not looked at', row, line)
    return !sumsTell && isTagged
  })
}

/** Whether a receiver says itself that it has no real position. */
const isNone = (fault: string | null): boolean => fault === VOID || fault === SIMULATED

/** Of several sentences for one moment the one that tells most, and of equals the first. */
const tellersOf = (positions: readonly Moment[]): Map<number, Moment> => {
  const tellers = new Map<number, Moment>()
  for (const moment of positions.toSorted((a, b) => rankOf(a.type) - rankOf(b.type))) {
    const tells = moment.fault === null || isNone(moment.fault)
    if (tells && !Number.isNaN(moment.t) && !tellers.has(moment.t)) tellers.set(moment.t, moment)
  }
  return tellers
}

const timeFault = ({ clock, t }: Moment): string | null => {
  if (Number.isNaN(clock)) return UNREADABLE
  return Number.isNaN(t) ? DATELESS : null
}

/** Position sentences as fixes, one for each moment. */
const readPositions = (positions: readonly Moment[], device: string, collector: Collector): void => {
  const tellers = tellersOf(positions)
  const best = positions.reduce((least, { type }) => Math.min(least, rankOf(type)), Number.POSITIVE_INFINITY)
  for (const moment of positions) {
    const { sentence, type, t, fault } = moment
    const { row, line, address } = sentence
    const teller = tellers.get(t)
    const isTold = teller && teller.sentence.address !== address && rankOf(teller.type) <= rankOf(type)
    const isSpare = rankOf(type) > best && (isNone(fault) || Number.isNaN(t))
    const reason = fault ?? timeFault(moment)
    if (isTold || isSpare) collector.unneeded(type, row, line)
    else if (reason !== null) collector.skip(reason, row, line)
    else collector.fix({ id: device, t, ...fixOf(moment) }, row, line, modeNote(moment))
  }
}

/**
 * NMEA 0183, whoever talks: fixes are the RMC sentences and, at moments that have none, GGA, GNS and GLL. Each of
 * several sources that TAG blocks name is a device of its own, unless `isOneDevice`. `date`: midnight of the day on
 * which a log begins that tells no date, else NaN.
 */
export const readNmea = (
  text: string,
  hints: { device: string; isOneDevice: boolean; date: number },
  collector: Collector,
): void => {
  const moments: Moment[] = []
  for (const sentence of withoutDamaged(readSentences(text, collector), collector)) {
    const moment = momentOf(sentence)
    if (moment !== null) moments.push(moment)
    if (moment === null || rankOf(moment.type) < 0) collector.unneeded(typeOf(sentence), sentence.row, sentence.line)
  }
  dateAll(moments, hints.date)
  const positions = moments.filter(({ type }) => rankOf(type) >= 0)
  const sources = Map.groupBy(positions, ({ sentence }) => (hints.isOneDevice ? '' : sentence.source))
  const devices = deviceNames(
    Array.from(sources, ([name]) => ({ name })),
    hints,
  )
  for (const own of sources.values()) readPositions(own, devices.shift() ?? hints.device, collector)
}
