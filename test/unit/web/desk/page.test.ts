import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lengthOf } from '../../../../web/state/desk/length.ts'
import { piecesOf } from '../../../../web/state/desk/pieces.ts'
import { typedRoom } from '../../../../web/state/desk/room-names.ts'
import { MOST_MESSAGE_BYTES } from '../../../../wire/rooms.ts'
import { ROOT } from '../../../support/environment.ts'
import { grouped, text } from '../../../support/figures.ts'

const page = text('docs/desk.md').replaceAll(/\s+/g, ' ')

test('the words that the page sets apart are on the screen', () => {
  const sources = readdirSync(`${ROOT}/web/views`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx'))
    .map((path) => text(`web/views/${path}`))
    .join('\n')
  const words = [...page.matchAll(/(?<![*\w])\*([^*]+)\*(?!\*)/g)].map(([, word]) => word ?? '')
  expect(words.length).toBeGreaterThan(12)
  expect(words.filter((word) => !sources.includes(word))).toEqual([])
})

test('what the page says can be named is read so', () => {
  const examples = { $AAPL: 'symbol', '#BUS-0001': 'device', '51.5,-0.12': 'place', '2026-11-30T16:10:00Z': 'moment' }
  for (const [example, kind] of Object.entries({ ...examples, '#{B-XY 1234}': 'device' })) {
    expect(page).toContain(`\`${example}\``)
    expect(piecesOf(example, '').map((piece) => piece.kind)).toEqual([kind])
  }
  for (const room of ['night shift', '$AAPL', '#BUS-0001']) expect(typedRoom(room)).not.toBeNull()
})

test('the page gives the length of a message and the keys that the code has', () => {
  expect(page).toContain(`A message holds ${grouped(MOST_MESSAGE_BYTES)} bytes`)
  expect(lengthOf('a'.repeat(MOST_MESSAGE_BYTES)).over).toBe(false)
  const keys = text('web/views/desk/use-desk-keys.ts')
  for (const key of ['d', 'c']) {
    expect(page).toContain(`key \`${key}\``)
    expect(keys).toContain(`event.key === '${key}'`)
  }
})
