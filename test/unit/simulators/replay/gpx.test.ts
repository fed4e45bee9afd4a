import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { fixesOf, notesOf, placesOf, read, reasonsOf, unneededOf } from './read.ts'
import { at, GPX, gpx, point, TEN, timesOf, track } from './tracks.ts'

describe('what stands before the root element', () => {
  it.each([
    ['nothing', ''],
    ['a declaration and a comment', '<?xml version="1.0"?>\n<!-- a > b -->'],
    ['several comments and stylesheets', '<!-- 1 --><?xml-stylesheet href="a.xsl"?>\n<!-- <gpx> --><?x y?>\n'],
    ['a document type', '<!DOCTYPE gpx>'],
    ['a document type with declarations', '<!DOCTYPE gpx [\n<!ENTITY a "b">\n]>'],
    ['blanks, before a declaration too', '\n  <?xml version="1.0"?>\n'],
    ['many comments', '<!-- one --> '.repeat(300)],
  ])('may be %s', (_, before) => {
    const text = `${before}${gpx(track(point(1)))}`
    expect(recognise(text)).toBe('gpx')
    const recording = read(text, 'gpx')
    expect(fixesOf(recording)).toHaveLength(1)
    expect(notesOf(recording)).toEqual({})
    expect(recording.items[0]?.row).toBe(before.split('\n').length)
  })

  it('is not searched for ever where the root is another', () => {
    expect(recognise(`${'<!-- one --> '.repeat(3000)}<kml>`)).toBeNull()
    expect(() => read('<?xml version="1.0"?><kml/>', 'gpx')).toThrow('its root element is <kml>')
    expect(() => read('lat,lon', 'gpx')).toThrow('does not begin as XML')
  })
})

describe('an element', () => {
  it.each([
    ['GPX 1.0', 'xmlns="http://www.topografix.com/GPX/1/0" version="1.0"'],
    ['GPX 1.1', GPX],
    ['no namespace', 'version="1.1"'],
    ['another one', 'xmlns="https://example.org/gpx"'],
  ])('is read in %s', (_, root) => expect(timesOf(gpx(track(point(1), point(2)), root))).toEqual([1, 2]))

  it('has any prefix, declared or not', () => {
    const prefixed = (text: string) => text.replaceAll(/<(\/?)(?=\w)/g, '<$1my:')
    expect(timesOf(prefixed(gpx(track(point(1)), 'xmlns:my="http://www.topografix.com/GPX/1/1"')))).toEqual([1])
    expect(timesOf(prefixed(gpx(track(point(1)), '')))).toEqual([1])
  })

  it('counts only at its place: other times, points and names of a file are not the track’s', () => {
    const text = gpx(
      `<metadata><name>no</name><time>${at(50)}</time></metadata>
      <trk><extensions><trkpt lat="1" lon="1"><time>${at(51)}</time></trkpt></extensions><trkseg>
      <trkpt lat="47.5" lon="8.72"><x:time xmlns:x="urn:x">${at(52)}</x:time><time>${at(1)}<b>9</b></time>
      <link><time>${at(53)}</time></link><time>${at(54)}</time></trkpt>
      </trkseg></trk>`,
    )
    const recording = read(text, 'gpx')
    expect(fixesOf(recording).map(({ t }) => t)).toEqual([TEN + 1000])
    expect(placesOf(recording)).toEqual(['a track point that is in no segment of a track; row 2'])
  })

  it('may have its text in a CDATA section or behind a comment', () => {
    const text = `<trkpt lat="47.5" lon="8.72"><time><!-- UTC --><![CDATA[${at(7)}]]></time></trkpt>`
    expect(timesOf(gpx(track(text)))).toEqual([7])
  })
})

describe('several tracks', () => {
  const idsOf = (names: readonly string[], hints = {}) => {
    const tracks = names.map((name) => `<trk>${name}<trkseg>${point(1)}</trkseg></trk>`).join('')
    return fixesOf(read(gpx(tracks), 'gpx', hints)).map(({ id }) => id)
  }

  it.each([
    ['by their names', ['<name>A</name>', '<name> Bus 7 </name>'], ['A', 'Bus 7']],
    ['by numbers where they have none', ['', '<name/>', '<name>C</name>'], ['TRUCK-1-1', 'TRUCK-1-2', 'C']],
    [
      'by numbers where names are alike',
      ['<name>A</name>', '<name>A</name>', '<name>A-2</name>'],
      ['A', 'A-2', 'A-2-2'],
    ],
    ['by more numbers where several are', Array(4).fill('<name>A</name>'), ['A', 'A-2', 'A-3', 'A-4']],
    ['by names that were mended', ['<name>{7} "Zürich"</name>', '<name>..</name>'], ['-7- -Zürich-', 'TRUCK-1-2']],
  ])('are several devices, %s', (_, names, ids) => expect(idsOf(names)).toEqual(ids))

  it('have names of at most 64 bytes, no two alike', () => {
    const long = 'ü'.repeat(40)
    expect(idsOf([`<name>${long}</name>`, `<name>${long}!</name>`])).toEqual(['ü'.repeat(32), `${'ü'.repeat(31)}-2`])
  })

  it('are one device’s where a person said so; one alone is the file’s', () => {
    const text = gpx(`${track(point(1))}${track(point(2))}`)
    expect(fixesOf(read(text, 'gpx', { device: 'VAN-1', isOneDevice: true })).map(({ id }) => id)).toEqual([
      'VAN-1',
      'VAN-1',
    ])
    expect(idsOf(['<name>A</name>'])).toEqual(['TRUCK-1'])
  })
})

describe('a file without tracks', () => {
  const route = `<rte><name>R</name><rtept lat="47.5" lon="8.72"><time>${at(3)}</time></rtept></rte>`
  const waypoint = `<wpt lat="47.5" lon="8.72"><time>${at(4)}</time></wpt>`

  it('is replayed by its routes, else by its waypoints', () => {
    expect(timesOf(gpx(route))).toEqual([3])
    expect(timesOf(gpx(waypoint + waypoint.replace(at(4), at(5))))).toEqual([4, 5])
    expect(timesOf(gpx(`<wpt lat="1" lon="1"/>${route}`))).toEqual([3])
  })

  it('or one that has them besides says what is not needed', () => {
    const recording = read(gpx(waypoint + route + track(point(1))), 'gpx')
    expect(fixesOf(recording).map(({ t }) => t)).toEqual([TEN + 1000])
    expect(unneededOf(recording)).toEqual({ 'waypoint point': 1, 'route point': 1 })
    expect(recording.rows).toBe(3)
  })

  it('tells of points that have no time', () =>
    expect(reasonsOf(read(gpx('<wpt lat="1" lon="1"/>'), 'gpx'))).toEqual({ 'the point has no time': 1 }))
})

describe('a file that is not well-formed', () => {
  it.each([
    ['an & in a name', `<trk><name>A & B &nbsp; &amp; &#67;</name><trkseg>`, 2],
    ['a < in a name', `<trk><name>1 < 2</name><trkseg>`, 1],
    ['an & in an attribute', `<trk><link href="?a=1&b=2"/><trkseg>`, 1],
  ])('is read around %s, whose row is told', (_, start, count) => {
    const recording = read(`<gpx>\n\n${start}${point(1)}${point(2)}</trkseg></trk></gpx>`, 'gpx')
    expect(fixesOf(recording)).toHaveLength(2)
    const [[what, { count: told, examples }] = ['', { count: 0, examples: [] }]] = [...recording.notes]
    expect(what).toMatch(/^a [&<] that is not escaped was read as it stands$/)
    expect([told, examples[0]?.split(':')[0]]).toEqual([count, 'row 3'])
    expect(recording.notes.size).toBe(1)
  })

  it('has & and < where they are allowed, and nothing is said', () => {
    const recording = read(
      gpx(`<!-- a & b < c --><trk><name><![CDATA[a & b < c]]></name><trkseg>${point(1)}</trkseg></trk>`),
      'gpx',
    )
    expect([fixesOf(recording).length, recording.notes.size]).toEqual([1, 0])
  })

  it('keeps what stands before a wrong tag, names its row, and tells of points behind it that belong nowhere', () => {
    const recording = read(`<gpx><trk><trkseg>\n${point(1)}\n</oops>\n${point(2)}</trkseg></trk></gpx>`, 'gpx')
    expect(fixesOf(recording)).toHaveLength(1)
    expect(placesOf(recording)).toEqual(['a track point that is in no segment of a track; row 4'])
    expect(recording.notes.get('not well-formed XML, read as far as it goes')?.examples).toEqual([
      ...Array(3).fill('row 3: unexpected close tag.'),
    ])
  })

  it('reads a track that was cut off as far as it goes, and says of the last point that it is lost', () => {
    const recording = read(
      `<gpx><trk><trkseg>\n${point(1)}\n<trkpt lat="52.7" lon="-8.6"><time>2019-02-18T07:45:5`,
      'gpx',
    )
    expect(fixesOf(recording)).toHaveLength(1)
    expect(placesOf(recording)).toEqual(['the file ends within this point; row 3'])
    expect(recording.notes.get('not well-formed XML, read as far as it goes')?.examples[0]).toBe(
      'row 3: unclosed tag: time',
    )
  })
})
