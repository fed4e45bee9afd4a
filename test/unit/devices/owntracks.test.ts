import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { ownTracksId, readOwnTracks } from '../../../server/devices/doors/owntracks.ts'
import { messageOf, messagesAbout, placeTime } from '../../../server/devices/doors/owntracks-reply.ts'
import { readTraccar } from '../../../server/devices/doors/traccar.ts'

const location = { _type: 'location', tst: 1_718_000_000, lat: 48.2, lon: 16.3 }
const read = (message: unknown) => {
  const found = readOwnTracks(JSON.stringify(message))
  if ('wrong' in found) throw new Error(found.wrong)
  return found
}

describe('what OwnTracks sends', () => {
  it('may be an array, of which all fixes are taken', () => {
    const found = read([location, { ...location, tst: 1_718_000_060, t: 'r' }, { _type: 'card', name: 'Ann' }])
    expect(found.report?.fixes?.map(({ t }) => t)).toEqual([1_718_000_000_000, 1_718_000_060_000])
    expect(found.isReply).toBe(true)
  })

  it.each([
    ['moves', { m: 2 }, false],
    ['moves, though it would be silent if it stood', { m: 1, vel: 12 }, false],
    ['stands in a mode in which it is silent then', { m: 1, vel: 0 }, true],
    ['reports only when asked', { m: 0 }, true],
    ['is quiet', { m: -1 }, true],
    ['says itself that it stands', { m: 2, motionactivities: ['stationary'] }, true],
    ['does not say', {}, undefined],
  ])('says whether its phone %s', (_what, more, parked) => {
    expect(read({ ...location, ...more }).report?.parked).toBe(parked)
  })

  it.each([
    ['speed, heading, accuracy and charge below 0', { vel: -1, cog: -1, acc: -1, batt: -1 }],
    ['an accuracy of 0', { acc: 0, vac: 0 }],
    ['what is no number', { vel: 'fast', cog: null, batt: '87', alt: {} }],
  ])('does not know by %s', (_what, more) => {
    const [fix] = read({ ...location, ...more }).report?.fixes ?? []
    expect(fix).toEqual({ t: 1_718_000_000_000, lat: 48.2, lon: 16.3 })
  })

  it.each([{}, { tst: 1 }, { lat: 1, lon: 2 }, { lat: 'x', lon: 2, tst: 3 }])(
    'is a sign of life without a place and a time: %j',
    (fields) => expect(read({ _type: 'location', ...fields }).report?.fixes).toBeUndefined(),
  )

  it.each(['steps', 'beacon', 'dump', 'status', 'configuration', 'request', 'constructor', '__proto__', 7])(
    'is taken whatever it is, or the phone would send it for ever: %s',
    (type) => expect(read({ _type: type, steps: 100 })).toMatchObject({ report: {}, isReply: false }),
  )

  it.each(['no JSON', '7', '"x"', 'null', '[7]', JSON.stringify(Array(201).fill(location))])(
    'is refused: %.20s',
    (text) => {
      expect(readOwnTracks(text)).toHaveProperty('wrong')
    },
  )

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.json(), (text) => void readOwnTracks(text)))
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom('_type', 'lat', 'm', 'inregions', 't', 'wtst') }), (all) => {
        readOwnTracks(JSON.stringify({ ...all, _type: 'location' }))
      }),
    )
    fc.assert(fc.property(fc.json(), (text) => void readTraccar(text)))
  })
})

test.each([
  ['owntracks/ann/phone', 'ann/phone'],
  ['owntracks/ann/phone/event', 'ann/phone'],
  ['/owntracks/ann/phone', 'ann/phone'],
  ['owntracks/ann', 'ann'],
  ['owntracks', null],
  ['', null],
])('the topic %s names the device %s', (topic, id) => expect(ownTracksId(topic)).toBe(id))

describe('what OwnTracks is told', () => {
  const until = 1_718_000_600_999
  it.each([
    ['report_now', {}, { _type: 'cmd', action: 'reportLocation' }],
    [
      'report_every',
      { seconds: 30 },
      {
        _type: 'cmd',
        action: 'setConfiguration',
        configuration: { _type: 'configuration', locatorInterval: 30, moveModeLocatorInterval: 30 },
      },
    ],
    [
      'go_to',
      { place: '48.2, 16.3', note: 'Gate 4' },
      {
        _type: 'cmd',
        action: 'setWaypoints',
        waypoints: {
          _type: 'waypoints',
          waypoints: [{ _type: 'waypoint', desc: 'Gate 4', lat: 48.2, lon: 16.3, rad: 100, tst: 1_718_000_600 }],
        },
      },
    ],
    ['go_to', { place: 'the depot' }, null],
    ['stop', {}, null],
    ['message', { text: 'Hello' }, null],
  ])('%s %j', (kind, args, message) => {
    expect(messageOf({ id: 'c', kind, args, until })).toEqual(message)
  })

  it('names a place by the time of its deadline, which the phone tells when it comes there', () => {
    expect(placeTime({ until })).toBe(1_718_000_600)
  })

  it('shows colleagues in the units of the app', () => {
    const last = { id: 'b', n: 1, t: 1_718_000_000_999, lat: 48, lon: 16, speed: 10, heading: 93.6, battery: 0.5 }
    expect(messagesAbout({ id: 'b', tag: 'b', name: 'Bob', last: { ...last, readings: { accuracy: 4.4 } } })).toEqual([
      { _type: 'location', tid: 'b', lat: 48, lon: 16, tst: 1_718_000_000, vel: 36, cog: 94, batt: 50, acc: 4 },
      { _type: 'card', tid: 'b', name: 'Bob' },
    ])
  })
})
