import { describe, expect, it } from 'vitest'
import type { FormatName } from '../../../../simulators/replay/formats.ts'
import { fixesOf, read, readPieces, reasonsOf, unneededOf } from './read.ts'
import { T } from './trades.ts'

describe('what there is no end of is counted, and kept no longer', () => {
  const lines = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join('\n')

  it('reasons and kinds beyond the first hundred', () => {
    const recording = read(
      lines(1000, (i) => `{"type":"kind ${i}"}`),
      'coinbase',
    )
    expect(recording.unneeded.size).toBe(101)
    expect(unneededOf(recording).other).toBe(900)
  })

  it('a reason, a name and an example of any length', () => {
    const long = 'x'.repeat(100_000)
    const [[kind = '', { examples }] = ['', { examples: [] }]] = read(`{"type":"${long}"}`, 'coinbase').unneeded
    expect([kind.length <= 200, examples.every((example) => example.length < 200)]).toEqual([true, true])
    const gpx = `<gpx><trk><name>${long}</name><trkseg><trkpt lat="1" lon="1"><time>2024-03-05T10:00:00Z</time></trkpt></trkseg></trk></gpx>`
    expect(fixesOf(read(gpx, 'gpx'))).toHaveLength(1)
  })

  it('symbols beyond the first 100,000', () => {
    const recording = read(
      lines(100_003, (i) => `{"id":1,"symbol":"S${i}","timestamp":${T},"price":1,"amount":1}`),
      'trades',
    )
    expect(recording.total).toBe(100_000)
    expect(reasonsOf(recording)).toEqual({ 'the file has more than 100,000 symbols or devices': 3 })
  })

  it.each<[FormatName, string, string]>([
    ['trades', '{', 'row 2 is longer than'],
    ['trades', '[[1],[', 'row 2 is longer than'],
    ['coinbase', '{"type":"ticker"}', 'row 2 is longer than'],
    ['capmetro', 'vehicle_id,timestamp,latitude,longitude', 'row 2 is longer than'],
    ['nmea', '$GPGGA,', 'row 2 is longer than'],
    ['gpx', '<gpx>', 'row 2 is longer than'],
    ['gpx', '<gpx><!--', 'is longer than'],
  ])('a row of %s that has no end: %s', (format, start, message) => {
    function* pieces() {
      yield `${start}\n`
      for (let i = 0; i < 40; i++) yield '\0'.repeat(64 * 1024)
    }
    expect(() => readPieces(pieces(), format)).toThrow(message)
  })

  it('elements within elements', () =>
    expect(() => read(`<gpx>${'<a>'.repeat(1000)}`, 'gpx')).toThrow('nested more than 200 deep'))
})
