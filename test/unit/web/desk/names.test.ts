import { signal } from '@preact/signals'
import { describe, expect, test } from 'vitest'
import { choicesFor } from '../../../../web/state/desk/choices.ts'
import { completed, typedAt } from '../../../../web/state/desk/complete.ts'
import { createDrafts } from '../../../../web/state/desk/drafts.ts'
import { lengthOf } from '../../../../web/state/desk/length.ts'
import { createRights } from '../../../../web/state/desk/rights.ts'
import { DESK_ROOM, roomName, typedRoom } from '../../../../web/state/desk/room-names.ts'
import { listedRooms, offeredRooms } from '../../../../web/state/desk/room-rows.ts'
import { deskTopics } from '../../../../web/state/desk/wanted.ts'
import { type Action, allows, parseGrants } from '../../../../wire/grants.ts'
import { MOST_MESSAGE_BYTES } from '../../../../wire/rooms.ts'
import type { Topic } from '../../../../wire/topics.ts'

const grant = (text: string, own: string | null = 'ann') => {
  const grants = parseGrants(text) ?? []
  return {
    me: signal(null),
    may: (action: Action, topic: Topic) => allows(grants, own, action, topic),
    mayAny: (action: Action, start: string) =>
      grants.some((one) => one.action === action && (one.start.startsWith(start) || start.startsWith(one.start))),
  }
}

describe('completing what is typed', () => {
  const sources = {
    people: () => [
      { id: 'ann', name: 'Ann Lee' },
      { id: 'bob', name: 'Bob Annan' },
    ],
    symbols: () => [
      { symbol: 'AAPL', name: 'Apple' },
      { symbol: 'A B', name: 'Blank' },
    ],
    devices: (text: string) => [{ id: `${text}-1`, about: 'route 7' }],
  }
  const offered = (text: string) => {
    const typed = typedAt(text, text.length)
    return typed === null ? null : choicesFor(typed, sources).map(({ text }) => text)
  }
  test.each([
    ['hi @an', ['@ann', '@bob']],
    ['@', ['@ann', '@bob']],
    ['$aa', ['$AAPL']],
    ['$bl', [`\${A B}`]],
    ['(#BUS', ['#BUS-1']],
    ['mail@an', null],
    ['@ann ', null],
    ['5 $ ', null],
    ['@ann, ', null],
  ])('%s', (text, expected) => expect(offered(text)).toEqual(expected))
  test('puts the choice in its place, and goes on behind it', () => {
    const typed = typedAt('tell @an now', 8)
    const choice = { key: 'ann', label: '@ann', about: 'Ann', text: '@ann' }
    expect(typed && completed('tell @an now', typed, choice)).toEqual({ text: 'tell @ann now', at: 10 })
    const last = typedAt('@an', 3)
    expect(last && completed('@an', last, choice)).toEqual({ text: '@ann ', at: 5 })
  })
})

test('a draft is its room’s, and a chip is written at the cursor', () => {
  const drafts = createDrafts()
  drafts.write('m:desk', 'look at now', 7)
  drafts.cite('m:desk', '$AAPL')
  drafts.write('m:s:AAPL', 'other', 5)
  expect(drafts.of('m:desk')).toMatchObject({ text: 'look at $AAPL now', at: 14 })
  for (const n of [7, 8]) drafts.edit('m:s:AAPL', n, 'old text')
  expect(drafts.of('m:s:AAPL')).toMatchObject({ text: 'old text', n: 8, announce: false })
  drafts.clear('m:s:AAPL')
  expect(drafts.of('m:s:AAPL')).toMatchObject({ text: 'other', n: null })
  drafts.clear('m:s:AAPL')
  expect(drafts.of('m:s:AAPL').text).toBe('')
})

test('the length counts bytes as the node does, and is told when it matters', () => {
  expect(lengthOf('a'.repeat(100))).toEqual({ over: false, told: null })
  expect(lengthOf('a'.repeat(MOST_MESSAGE_BYTES))).toEqual({ over: false, told: '4,000 of 4,000 bytes' })
  expect(lengthOf('a'.repeat(MOST_MESSAGE_BYTES + 1))).toEqual({ over: true, told: 'Too long by 1 bytes' })
  expect(lengthOf('👩‍👩‍👧'.repeat(250)).over).toBe(true)
  // Letters and marks apart are one letter in the way that the node keeps.
  expect(lengthOf('e\u0301'.repeat(2_000)).over).toBe(false)
})

describe('rooms', () => {
  test('go by what they are about', () => {
    expect(['m:desk', 'm:s:AAPL', 'm:d:B-XY 1', 'm:night'].map((room) => roomName(room as Topic))).toEqual([
      'Desk',
      '$AAPL',
      '#{B-XY 1}',
      'night',
    ])
    expect(['desk', ' $AAPL', '#{B-XY 1}', 'night shift', '', '"', `\${}`].map(typedRoom)).toEqual([
      'm:desk',
      'm:s:AAPL',
      'm:d:B-XY 1',
      'm:night shift',
      null,
      null,
      null,
    ])
  })
  test('are listed with what one looks at first, each once', () => {
    const last = (t: number) => ({ n: 1, t, by: { id: 'a', name: 'A' }, text: '' })
    const offered = offeredRooms({ symbol: 'AAPL', device: 'X'.repeat(64) })
    expect(offered).toEqual(['m:desk', 'm:s:AAPL'])
    const rows = [
      { room: 'm:old', last: last(1) },
      { room: 'm:new', last: last(2) },
      { room: 'm:s:AAPL', last: last(3) },
      { room: 'no room', last: null },
    ]
    expect(listedRooms(offered, 'm:here', rows)).toEqual(['m:desk', 'm:s:AAPL', 'm:new', 'm:old', 'm:here'])
  })
  test('are seen and written in by those who may: one about a symbol only by those who may see it', () => {
    const rights = createRights(grant('watch:m:* say:m:desk watch:s:AAPL announce:m:night'))
    expect(['m:desk', 'm:s:AAPL', 'm:s:MSFT', 'm:night'].map((room) => rights.sees(room as Topic))).toEqual([
      true,
      true,
      false,
      true,
    ])
    expect([rights.says(DESK_ROOM), rights.says('m:night'), rights.announces('m:night')]).toEqual([true, false, false])
    expect([rights.any(), createRights(grant('watch:s:*')).any()]).toEqual([true, false])
  })
})

describe('what the desk watches', () => {
  const all = grant('watch:*')
  const look = {
    ...{ me: 'ann', open: true, room: 'm:s:AAPL' as Topic, asleep: false, leader: null },
    ...{ sees: createRights(all).sees, may: (topic: Topic) => all.may('watch', topic) },
  }
  const slowly = { mode: 'latest', rate: 1 }
  test('is the inbox, the rooms, and who is here', () =>
    expect([...deskTopics(look)]).toEqual([
      ['i:ann', {}],
      ['m:desk', slowly],
      ['m:s:AAPL', {}],
      ['p:floor', slowly],
    ]))
  test('is the room that is looked at closely, also where it is the desk’s', () =>
    expect(deskTopics({ ...look, room: DESK_ROOM }).get(DESK_ROOM)).toEqual({}))
  test('is little while it is closed, less while nobody looks, and nothing for nobody', () => {
    expect([...deskTopics({ ...look, open: false }).keys()]).toEqual(['i:ann', 'm:desk'])
    expect([...deskTopics({ ...look, asleep: true }).keys()]).toEqual(['i:ann'])
    expect([...deskTopics({ ...look, me: null, open: false }).keys()]).toEqual([])
  })
  test('is the screen of whoever is followed', () =>
    expect([...deskTopics({ ...look, open: false, leader: 'bob' }).keys()]).toContain('v:bob'))
})
