import type { Fix } from '../../../wire/fleet.ts'
import type { FixRow } from '../../archive.ts'
import type { Sink } from './tables.ts'

/** All pages once more, each time. */
type Read = () => AsyncIterable<FixRow[]>

/** Fixes at which the device can hardly have been are no part of its way. */
const placesOf = (rows: readonly FixRow[]): Fix[] => rows.map(({ fix }) => fix).filter(({ doubtful }) => !doubtful)

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const xml = (text: string): string => text.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? sign)
const EXTENSION = 'http://www.garmin.com/xmlschemas/TrackPointExtension/v2'
const GPX_HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Watchfloor" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="${EXTENSION}">
`

const pointOf = ({ lat, lon, t, speed, heading }: Fix): string => {
  const told = [
    ...(speed === undefined ? [] : [`<gpxtpx:speed>${speed}</gpxtpx:speed>`]),
    ...(heading === undefined ? [] : [`<gpxtpx:course>${heading}</gpxtpx:course>`]),
  ].join('')
  const more = told && `<extensions><gpxtpx:TrackPointExtension>${told}</gpxtpx:TrackPointExtension></extensions>`
  return `<trkpt lat="${lat}" lon="${lon}"><time>${new Date(t).toISOString()}</time>${more}</trkpt>\n`
}

export const writeGpx = async (device: string, read: Read, put: Sink): Promise<void> => {
  await put(`${GPX_HEAD}<trk><name>${xml(device)}</name><trkseg>\n`)
  for await (const rows of read()) await put(placesOf(rows).map(pointOf).join(''))
  await put('</trkseg></trk>\n</gpx>\n')
}

const featureOf = ({ id, n, t, lat, lon, ...told }: Fix): string =>
  JSON.stringify({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: { device: id, n, time: new Date(t).toISOString(), ...told },
  })

/** Pieces of many with commas between them, and one before the first where others stand there already. */
const createList = (put: Sink, isFirst = true) => {
  let isNext = !isFirst
  return async (items: readonly string[]): Promise<void> => {
    if (items.length === 0) return
    await put(`${isNext ? ',\n' : ''}${items.join(',\n')}`)
    isNext = true
  }
}

/** The way as one line, and a point for each fix, with its time and what else it told. The track is read twice. */
export const writeGeoJson = async (device: string, read: Read, put: Sink): Promise<void> => {
  const properties = JSON.stringify({ device })
  await put(`{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":${properties},`)
  await put('"geometry":{"type":"LineString","coordinates":[\n')
  const coordinates = createList(put)
  let alone = ''
  for await (const rows of read()) {
    const places = placesOf(rows).map(({ lat, lon }) => `[${lon},${lat}]`)
    await coordinates(places)
    alone = alone === '' && places.length === 1 ? (places[0] ?? '') : places.length > 0 ? '-' : alone
  }
  // A line has two ends, even where they are one.
  if (alone.startsWith('[')) await coordinates([alone])
  await put('\n]}}')
  const features = createList(put, false)
  for await (const rows of read()) await features(placesOf(rows).map(featureOf))
  await put('\n]}\n')
}
