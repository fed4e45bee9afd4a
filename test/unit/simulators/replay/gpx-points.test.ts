import { describe, expect, it } from 'vitest'
import { zoneOf } from '../../../../simulators/replay/zone.ts'
import { fixesOf, notesOf, placesOf, read, reasonsOf } from './read.ts'
import { gpx, point, TEN, timesOf, track } from './tracks.ts'

describe('speed and heading', () => {
  const X = 'xmlns:x="urn:x"'
  it.each([
    ['of GPX 1.0', '<speed>4.5</speed><course>360</course>', { speed: 4.5, heading: 360 }],
    [
      'of the TrackPointExtension',
      `<extensions><x:TrackPointExtension ${X}><x:speed>4.5</x:speed><x:course>0</x:course></x:TrackPointExtension></extensions>`,
      { speed: 4.5, heading: 0 },
    ],
    [
      'of anyone’s extension',
      `<extensions><x:Speed ${X}> 4.5 </x:Speed><bearing>12</bearing></extensions>`,
      { speed: 4.5, heading: 12 },
    ],
    ['of the wind are not the device’s', `<extensions><wind><speed>9</speed></wind></extensions>`, {}],
    ['that are empty are none', '<speed/><course> </course>', {}],
  ])('%s', (_, more, expected) => {
    const recording = read(gpx(track(point(1, more))), 'gpx')
    const t = TEN + 1000
    expect(fixesOf(recording)).toEqual([{ id: 'TRUCK-1', n: t, t, lat: 47.5, lon: 8.72, ...expected }])
    expect(notesOf(recording)).toEqual({})
  })

  it.each([
    ['-1', '-0.1'],
    ['1000.1', '360.5'],
    ['NaN', 'north'],
    ['0x10', '1,5'],
    ['4.5 m/s', '12abc'],
  ])('that cannot be (%s, %s) are left out, and the point stays', (speed, course) => {
    const recording = read(gpx(track(point(1, `<speed>${speed}</speed><course>${course}</course>`))), 'gpx')
    expect(Object.keys(fixesOf(recording)[0] ?? {})).toEqual(['id', 't', 'lat', 'lon', 'n'])
    expect(notesOf(recording)).toEqual({
      'taken without the speed: it is out of range or no number': 1,
      'taken without the heading: it is out of range or no number': 1,
    })
  })
})

describe('a point', () => {
  it.each(['', ' ', '47.5x', '4 7', '0x2F', '47,5', 'NaN', '1e', '--1'])(
    'whose latitude is "%s" is left out',
    (lat) => {
      const recording = read(gpx(track(point(1, '', lat), point(2))), 'gpx')
      expect(fixesOf(recording)).toHaveLength(1)
      expect(reasonsOf(recording)).toEqual({ 'the position cannot be read': 1 })
    },
  )

  it.each([' 47.5 ', '+47.5', '47.5e0', '4750e-2'])('may have the latitude "%s"', (lat) =>
    expect(fixesOf(read(gpx(track(point(1, '', lat))), 'gpx'))[0]?.lat).toBe(47.5),
  )

  it('is left out where the map has no place for it', () => {
    const lats = ['85.05112878', '85.0512', '-89', '90.5', '0']
    const text = gpx(track(...lats.map((lat, i) => point(i, '', lat).replace('8.72', lat === '0' ? '0' : '8.72'))))
    expect(placesOf(read(text, 'gpx'))).toEqual([
      'the map has no place for it: it ends at 85.05 degrees; row 2,row 3',
      'the position is not on Earth; row 4',
      'position 0,0: the receiver had none; row 5',
    ])
  })

  it('without a time, or with half of one, is left out', () => {
    const text = track('<trkpt lat="1" lon="1"/>', '<trkpt lat="1" lon="1"><time>2024-03-05</time></trkpt>', point(3))
    expect(placesOf(read(gpx(text), 'gpx'))).toEqual(['the point has no time; row 1', 'the time cannot be read; row 2'])
  })

  it('has a time of another zone where a person says so', () => {
    const text = gpx(track('<trkpt lat="47.5" lon="8.72"><time>2024-03-05T10:00:00</time></trkpt>'))
    expect(timesOf(text)).toEqual([0])
    expect(timesOf(text, { zone: zoneOf('+01:00') })).toEqual([-3600])
    expect(timesOf(gpx(track(point(0))), { zone: zoneOf('+01:00') })).toEqual([0])
  })
})

describe('two fixes of a device at one millisecond', () => {
  it('are both kept where they differ, with numbers that are the same at the next replay', () => {
    const text = gpx(
      track(point(1, '', '47.5'), point(1, '', '47.6'), point(1, '', '47.5'), point(1, '', '47.7'), point(2)),
    )
    const recording = read(text, 'gpx')
    const t = TEN + 1000
    expect(fixesOf(recording).map(({ n, lat }) => [n, lat])).toEqual([
      [t, 47.5],
      [t * 1000 + 1, 47.6],
      [t * 1000 + 2, 47.7],
      [t + 1000, 47.5],
    ])
    expect(placesOf(recording)).toEqual([
      'a fix of this device with the same number, or the same time and place, came before; row 3',
    ])
    expect(read(text, 'gpx')).toEqual(recording)
  })
})
