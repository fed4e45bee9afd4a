import { fixOf, type Moment, modeNote, momentOf, rankOf, SIMULATED, VOID } from '../../../formats/nmea/moments.ts'
import {
  parseSentence,
  partsOf,
  readSentence,
  type Sentence,
  typeOf,
  writeSentence,
} from '../../../formats/nmea/sentence.ts'
import type { Collector } from '../collect.ts'
import { deviceNames } from '../devices.ts'
import { createLines } from '../lines.ts'
import type { Opening, Reader } from '../reader.ts'
import { type Source, TOO_MANY } from '../sources.ts'
import { UNREADABLE } from '../times.ts'
import { ownText } from '../words.ts'
import { createBacklog } from './backlog.ts'
import { createChecksums } from './checksums.ts'
import { createDates } from './dates.ts'

const DATELESS =
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

/** Finds the sentences of a line; it may hold several. Empty ones and comments have none. */
const readLine = (raw: string, row: number, collector: Collector, give: (sentence: Sentence) => void): void => {
  const whole = raw.trim()
  if (whole === '') return
  const isComment = COMMENT.test(whole)
  if (isComment) collector.unneeded('comment', row, whole)
  for (const line of isComment ? [] : partsOf(whole)) {
    const sentence = parseSentence(line, row)
    if (sentence !== null) give(sentence)
    else if (TAG_BLOCKS_ALONE.test(line)) collector.unneeded('TAG block', row, line)
    else collector.skip('malformed: not an NMEA sentence', row, line)
  }
}

const timeFault = ({ clock, t }: Moment): string | null => {
  if (Number.isNaN(clock)) return UNREADABLE
  return Number.isNaN(t) ? DATELESS : null
}

const NOWHERE = { lat: Number.NaN, lon: Number.NaN }

/** A position sentence as a fix. Which of several for one moment is taken is found in order of time. */
const placeMoment = (moment: Moment, device: Source, collector: Collector): void => {
  const { sentence, type, t, fault } = moment
  const isVoid = fault === VOID || fault === SIMULATED
  const telling = { rank: rankOf(type), address: sentence.address, tells: fault === null || isVoid, isVoid }
  const place = fault === null ? fixOf(moment) : NOWHERE
  const more = { fault: fault ?? timeFault(moment), note: modeNote(moment), telling }
  collector.place(device, { t, ...place }, sentence.row, sentence.line, more)
}

/** As much as is kept of what a TAG block names, in letters: the standard allows 15. */
const MOST_NAME = 200

/** The devices of a log: a source each, unless all are one. */
const createDevices = (hints: { device: string; isOneDevice: boolean }, collector: Collector) => {
  const devices = new Map<string, Source>()
  return {
    of: ({ source }: Sentence): Source | null => {
      const name = hints.isOneDevice ? '' : ownText(source.slice(0, MOST_NAME))
      const known = devices.get(name)
      if (known) return known
      const device = collector.device()
      if (device) devices.set(name, device)
      return device
    },
    end: () => {
      const names = deviceNames(
        Array.from(devices.keys(), (name) => ({ name })),
        hints,
      )
      for (const [place, device] of [...devices.values()].entries()) device.name = names[place] ?? hints.device
    },
  }
}

/**
 * NMEA 0183, whoever talks: fixes are the RMC sentences and, at moments that have none, GGA, GNS and GLL. Each of
 * several sources that TAG blocks name is a device of its own, unless `isOneDevice`. `date`: midnight of the day on
 * which a log begins that tells no date, else NaN.
 */
export const openNmea = (
  { firstRow, spool }: Opening,
  hints: { device: string; isOneDevice: boolean; date: number },
  collector: Collector,
): Reader => {
  const devices = createDevices(hints, collector)
  const backlog = createBacklog(spool, readSentence, writeSentence)
  const readMoment = (text: string): Moment => momentOf(readSentence(text)) as Moment
  const undated = createBacklog(spool, readMoment, ({ sentence }) => writeSentence(sentence))
  const dates = createDates(hints.date, undated, (moment) => {
    if (rankOf(moment.type) < 0) return
    const device = devices.of(moment.sentence)
    if (device) placeMoment(moment, device, collector)
    else collector.skip(TOO_MANY, moment.sentence.row, moment.sentence.line)
  })
  const checksums = createChecksums(collector, backlog, (sentence) => {
    const moment = momentOf(sentence)
    if (moment !== null) dates.take(moment)
    if (moment === null || rankOf(moment.type) < 0) collector.unneeded(typeOf(sentence), sentence.row, sentence.line)
  })
  const lines = createLines(firstRow, (line, row) => readLine(line, row, collector, checksums.take))
  return {
    write: lines.write,
    end: (isCut) => {
      lines.end(isCut)
      checksums.end()
      dates.end()
      devices.end()
    },
  }
}
