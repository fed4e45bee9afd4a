import { SaxesParser } from 'saxes'
import type { Collector } from './recording.ts'

/** The track points of a GPX 1.0 or 1.1 file, all as one device's; the time is the number. A point without a time is of no use. */
export const readGpx = (text: string, device: string, collector: Collector): void => {
  const parser = new SaxesParser({ xmlns: false })
  let point: { lat: number; lon: number; row: number; time: string } | null = null
  let inTime = false

  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'trkpt')
      point = {
        lat: Number(attributes.lat ?? Number.NaN),
        lon: Number(attributes.lon ?? Number.NaN),
        row: parser.line,
        time: '',
      }
    inTime = name === 'time' && point !== null
  })
  parser.on('text', (part) => {
    if (inTime && point !== null) point.time += part
  })
  parser.on('closetag', ({ name }) => {
    inTime = false
    if (name !== 'trkpt' || point === null) return
    const { lat, lon, row, time } = point
    const t = Date.parse(time.trim())
    collector.fix({ id: device, n: t, t, lat, lon }, row, `<trkpt lat="${lat}" lon="${lon}"> ${time}`)
    point = null
  })
  // What was read before a fault is used: the recorder may have been cut off.
  parser.on('error', (error) => {
    throw error
  })
  try {
    parser.write(text).close()
  } catch (error) {
    collector.skip(
      'malformed XML: the rest of the file is not read',
      parser.line,
      error instanceof Error ? error.message : '',
    )
  }
}
