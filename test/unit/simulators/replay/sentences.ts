import { fixesOf, read, sentence } from './read.ts'

export const PLACE = '4405.556,N,12118.398,W'
export const rmc = (time: string, { place = PLACE, date = '090605', status = 'A', talker = 'GP' } = {}) =>
  sentence(`${talker}RMC,${time},${status},${place},010.0,090.0,${date},,`)
export const gga = (time: string, { place = PLACE, quality = 1, talker = 'GP' } = {}) =>
  sentence(`${talker}GGA,${time},${place},${quality},04,1,1,M,1,M,,`)
export const MIDNIGHT = Date.UTC(2005, 5, 9)
export const log = (...lines: string[]) => read(lines.join('\r\n'), 'nmea')
/** Seconds since midnight of 2005-06-09. */
export const secondsOf = (recording: ReturnType<typeof read>) =>
  fixesOf(recording).map(({ t }) => (t - MIDNIGHT) / 1000)
