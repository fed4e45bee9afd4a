import { describe, expect, test } from 'vitest'
import { around, isWithin, middleOf, sizeInWords, unpanned } from '../../../../web/state/area.ts'
import { grantsInWords } from '../../../../web/state/grants-in-words.ts'
import { keyIn } from '../../../../web/state/key.ts'
import { PRESETS } from '../../../../web/state/presets.ts'
import { qrOf } from '../../../../web/state/qr.ts'
import { isPassing, particulars } from '../../../../web/state/refusal.ts'
import { boundsOf, deviceOf, hasMap, shareInWords, shareToPlace, symbolsOf } from '../../../../web/state/share-place.ts'
import { INVITATION_SPANS, SHARE_SPANS, USUAL_INVITATION, USUAL_SHARE } from '../../../../web/state/spans.ts'
import { wantedOfShare } from '../../../../web/state/wanted.ts'
import { formatWhen } from '../../../../web/state/when.ts'
import { ALL_GRANTS, covers, parseGrants } from '../../../../wire/grants.ts'
import type { Shown } from '../../../../wire/people.ts'
import { ERROR_CODES } from '../../../../wire/protocol.ts'

describe('a key', () => {
  test.each([
    ['#in=abc.d-e_f', { kind: 'invitation', token: 'abc.d-e_f' }],
    ['#share=abc', { kind: 'share', token: 'abc' }],
    ['https://floor.example/#in=abc', { kind: 'invitation', token: 'abc' }],
    ['Here you are: https://floor.example/#share=abc See you', { kind: 'share', token: 'abc' }],
    ['#share', null],
    ['#in=', null],
    ['#/split/in=abc', null],
    ['', null],
  ])('in %s', (text, key) => {
    expect(keyIn(text)).toEqual(key)
  })
})

describe('what somebody may do', () => {
  const words = (text: string) => grantsInWords(parseGrants(text) ?? [])
  test.each([
    ['watch:*', ['See everything']],
    ['watch:s:* watch:d:BUS-1 say:m:*', ['See all symbols, BUS-1', 'Write in all rooms']],
    ['watch:c:*', ['See the whole map']],
    ['watch:c:buses/* watch:c:taxis/0231*', ['See the group buses on the map, the group taxis in a part of the map']],
    ['watch:s:A* watch:r:devices watch:p:floor', ['See symbols that begin with A, the list of devices, who is here']],
    ['manage:people manage:record', ['Manage people, record']],
    ['announce:* command:d:*', ['Announce to everyone', 'Send commands to all devices']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  test('all of it is one word', () => {
    expect(grantsInWords(ALL_GRANTS)).toEqual(['Everything'])
  })

  test('the usual sets can be read, and whoever may do everything can give them', () => {
    for (const { grants } of PRESETS) expect(covers(ALL_GRANTS, parseGrants(grants) ?? [])).toBe(true)
    expect(PRESETS.map(({ grants }) => (parseGrants(grants) ?? []).length > 0)).toEqual([true, true, true])
  })
})

test('times are told as one says them', () => {
  const now = new Date(2026, 10, 30, 12, 0).getTime()
  const at = (...parts: [number, number, number, number, number]) => formatWhen(new Date(...parts).getTime(), now)
  expect(at(2026, 10, 30, 18, 0)).toBe('18:00')
  expect(at(2026, 11, 1, 9, 5)).toBe('tomorrow 09:05')
  expect(at(2026, 10, 29, 9, 5)).toBe('yesterday 09:05')
  expect(at(2026, 11, 3, 18, 0)).toBe('3 Dec 18:00')
  expect(at(2027, 11, 3, 18, 0)).toBe('3 Dec 2027')
})

test('every span ends later than it begins, the usual ones are among them', () => {
  const now = new Date(2026, 10, 30, 12, 0).getTime()
  for (const { until } of [...INVITATION_SPANS, ...SHARE_SPANS]) expect(until(now)).toBeGreaterThan(now)
  expect([INVITATION_SPANS[USUAL_INVITATION]?.name, SHARE_SPANS[USUAL_SHARE]?.name]).toEqual(['30 days', '4 hours'])
})

describe('areas', () => {
  test('around a spot hold what is that near, across the antimeridian too', () => {
    const area = around({ lat: 60, lon: 179.999 }, 300)
    expect(isWithin(area, { lat: 60.002, lon: -179.998 })).toBe(true)
    expect(isWithin(area, { lat: 60.003, lon: 179.999 })).toBe(false)
    expect(isWithin(area, { lat: 60, lon: 179.99 })).toBe(false)
    expect(sizeInWords(area)).toBe('600 m by 600 m')
  })

  test('of a map that was panned around are those of the world', () => {
    const there = unpanned({ west: 262.2, south: 30, east: 262.3, north: 31 })
    expect([there.west.toFixed(1), there.east.toFixed(1)]).toEqual(['-97.8', '-97.7'])
    expect(middleOf({ west: 179, south: 0, east: 183, north: 2 })).toEqual({ lat: 1, lon: -179 })
  })
})

describe('the page of a share', () => {
  const bounds = { west: 0, south: 0, east: 1, north: 1 }
  const shows: Record<string, Shown> = {
    symbol: { kind: 'symbol', symbol: 'X' },
    device: { kind: 'device', device: 'B' },
    view: { kind: 'view', bounds, groups: null },
    layout: { kind: 'layout', symbols: ['X', 'Y'], device: 'B', view: { bounds, groups: null } },
  }
  test.each([
    ['symbol', 'markets', 'X', null, null, 'X', ['s:X']],
    ['device', 'fleet', null, 'B', null, 'B', ['d:B']],
    ['view', 'fleet', null, null, bounds, 'A part of the map', []],
    ['layout', 'split', 'X', 'B', bounds, '2 symbols, B, a part of the map', ['s:X', 's:Y', 'd:B']],
  ])('of a %s', (kind, workspace, symbol, device, area, words, topics) => {
    const show = shows[kind] as Shown
    const place = shareToPlace(show)
    expect(place).toMatchObject({ workspace, symbol, device })
    expect([deviceOf(show), boundsOf(show), hasMap(show)]).toEqual([device, area, workspace !== 'markets'])
    expect(shareInWords(show)).toBe(words)
    expect([...wantedOfShare(place, symbolsOf(show), new Set()).keys()]).toEqual(topics)
  })
})

test('errors tell what is particular to them, and whether they pass', () => {
  const error = { code: 'not_signed_in', message: `${ERROR_CODES.not_signed_in} This link was taken back.` } as const
  expect(particulars(error)).toBe('This link was taken back.')
  expect(particulars({ code: 'not_allowed', message: ERROR_CODES.not_allowed })).toBe('')
  expect([isPassing(error), isPassing({ code: 'rate_limited' })]).toEqual([false, true])
})

test('a link becomes a QR code, one that is too long none', () => {
  const code = qrOf(`https://floor.example/#in=${'x'.repeat(600)}`)
  expect(code?.size).toBeGreaterThan(50)
  expect(code?.path).toMatch(/^(M\d+ \d+h1v1h-1z)+$/)
  expect(qrOf('x'.repeat(5_000))).toBeNull()
})
