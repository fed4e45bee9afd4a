import { fixesOf, read } from './read.ts'

export const GPX = 'xmlns="http://www.topografix.com/GPX/1/1"'
export const at = (second: number) => `2024-03-05T10:00:${String(second).padStart(2, '0')}Z`
export const TEN = Date.UTC(2024, 2, 5, 10)
export const point = (second: number, more = '', lat = '47.5') =>
  `<trkpt lat="${lat}" lon="8.72"><time>${at(second)}</time>${more}</trkpt>`
export const track = (...points: string[]) => `<trk><trkseg>${points.join('\n')}</trkseg></trk>`
export const gpx = (content: string, root = GPX) => `<gpx ${root}>${content}</gpx>`
export const timesOf = (text: string, hints = {}) => fixesOf(read(text, 'gpx', hints)).map(({ t }) => (t - TEN) / 1000)
