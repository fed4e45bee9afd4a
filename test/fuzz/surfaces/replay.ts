import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { CASES, RECORDINGS } from '../../support/data.ts'
import { corpus } from '../corpus/replay.ts'
import { anyBytes, changed } from '../shapes/bytes.ts'
import { anyJson } from '../shapes/json.ts'
import { defineSurface } from '../surface.ts'

/** A file that is replayed: its name, its bytes (latin1) and the flags with it. */
export type ReplayCase = { name: string; bytes: string; flags: string[] }

/** So much of a recording is enough to break, in bytes. */
const MOST_BYTES = 20_000
/** What the reading process may ever take: its own 100 MB, and files of at most some MB. */
const MOST_MB = 500
const LIMIT_MS = 60_000

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(gpx|csv|nmea|log|json|txt)(\.gz)?$/.test(name))
    .map((name) => `${folder}/${name}`)
    .sort()

const textOf = (path: string): string => {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1').slice(0, MOST_BYTES)
}

const SAMPLES = [...filesOf(CASES), ...filesOf(RECORDINGS)].map((path) => ({
  name: (path.split('/').at(-1) ?? '').replace(/\.gz$/, ''),
  bytes: textOf(path),
}))

const FLAGS = [
  [],
  [],
  [],
  [],
  ['--shift'],
  ['--zone', 'America/Chicago'],
  ['--date', '2024-03-05'],
  ['--device', 'A'],
  ['--symbol', 'B'],
]
const FORMATS = ['trades', 'csv', 'coinbase', 'capmetro', 'bods', 'gpx', 'nmea']
const flags = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...FLAGS) },
  fc.constantFrom(...FORMATS).map((format) => ['--format', format]),
)

const sample = fc.constantFrom(...SAMPLES)
/** A few rows from anywhere, so that changes meet what matters. */
const part = fc.tuple(sample, fc.nat(), fc.integer({ min: 1, max: 12 })).map(([{ name, bytes }, from, count]) => {
  const rows = bytes.split('\n')
  const at = from % rows.length
  return { name, bytes: [...rows.slice(0, 2), ...rows.slice(at, at + count)].join('\n') }
})
const grown = fc
  .tuple(sample, fc.integer({ min: 2, max: 40 }))
  .map(([{ name, bytes }, times]) => ({ name, bytes: bytes.repeat(times) }))
const text = fc.oneof(
  { weight: 5, arbitrary: sample },
  { weight: 5, arbitrary: part },
  { weight: 1, arbitrary: grown },
  { weight: 1, arbitrary: anyBytes(600).map((bytes) => ({ name: 'any.log', bytes })) },
  {
    weight: 1,
    arbitrary: anyJson.map((bytes) => ({ name: 'any.json', bytes: Buffer.from(bytes).toString('latin1') })),
  },
)
/** What a file is recognised by mostly stays, or all that is behind it would hardly ever be read. */
const damaged = fc
  .tuple(text, fc.constantFrom(0, 150, 150, 400))
  .chain(([{ name, bytes }, kept]) =>
    changed(fc.constant(bytes.slice(kept)), 8).map((other) => ({ name, bytes: bytes.slice(0, kept) + other })),
  )
/** Packed, and perhaps damaged after that; in UTF-16; or as it is. */
const packed = fc.tuple(damaged, fc.nat({ max: 11 })).chain(([{ name, bytes }, how]) => {
  const gzip = (): string => gzipSync(Buffer.from(bytes, 'latin1')).toString('latin1')
  if (how === 0) return changed(fc.constant(gzip()), 3).map((other) => ({ name: `${name}.gz`, bytes: other }))
  if (how === 1) return fc.constant({ name: `${name}.gz`, bytes: gzip() + gzip() })
  if (how === 2) return fc.constant({ name, bytes: `\xff\xfe${Buffer.from(bytes, 'utf16le').toString('latin1')}` })
  return fc.constant({ name, bytes })
})
const shapes: fc.Arbitrary<ReplayCase> = fc.tuple(packed, flags).map(([file, flags]) => ({ ...file, flags }))

/** Words of the machine, not of somebody who says what is wrong with a file. */
const UNEXPECTED =
  /undefined|is not a function|not iterable|Cannot (read|convert|create|set)|call stack|Invalid (array|string|time|count)|out of range|heap|at position \d+$|ERR_[A-Z_]+/

/** The kind of a refusal, without what is of this file alone. */
const kindOf = (error: string): string =>
  error
    .replaceAll(/\S*\/\S+|"[^"]*"|\d+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 40)

export const replay = defineSurface('replay', {
  about: 'files of recordings, in every format',
  lanes: 1,
  shapes,
  corpus,
  run: async ({ reader }, value: ReplayCase) => {
    const { items, error, isError, again, peakMb } = await reader('read', value, LIMIT_MS)
    const faults: string[] = []
    if (error !== null && (!isError || UNEXPECTED.test(error))) faults.push(`it says: ${error.slice(0, 300)}`)
    if (items !== again.items || error !== again.error)
      faults.push(`read on disk it is another: ${items ?? error}, ${again.items ?? again.error}`)
    if (peakMb > MOST_MB) faults.push(`the reading process took ${Math.round(peakMb)} MB`)
    return { refusals: error === null ? [] : [kindOf(error)], faults, cut: false, sent: null }
  },
})
