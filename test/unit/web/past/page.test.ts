import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCRUB_SPANS } from '../../../../web/state/past/scrub.ts'
import { PHASES } from '../../../../web/state/past/words.ts'
import { LONG_STEP, PAST_KEYS, STEP } from '../../../../web/views/past/use-past-keys.ts'
import { SLICE_MS, SPEEDS } from '../../../../wire/past.ts'
import { ROOT } from '../../../support/environment.ts'
import { text } from '../../../support/figures.ts'

const page = text('docs/past.md').replaceAll(/\s+/g, ' ')
const MINUTE = 60_000

test('the words that the page sets apart are on the screen', () => {
  const sources = readdirSync(`${ROOT}/web`, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(views|state)\/.*\.tsx?$/.test(path))
    .map((path) => text(`web/${path}`))
    .join('\n')
  const words = [...page.matchAll(/(?<![*\w])\*([^*]+)\*(?!\*)/g)].map(([, word]) => word ?? '')
  expect(words.length).toBeGreaterThan(12)
  expect(words.filter((word) => !sources.includes(word))).toEqual([])
})

test('the page gives the keys, speeds, steps and slices that the code has', () => {
  expect(page).toContain(`press \`${PAST_KEYS.open}\``)
  expect(page).toContain(`go back to live | \`${PAST_KEYS.live}\``)
  expect(PAST_KEYS.play).toBe(' ')
  expect([PAST_KEYS.back, PAST_KEYS.on]).toEqual(['ArrowLeft', 'ArrowRight'])
  expect(page).toContain(SPEEDS.map((speed) => `${speed}×`).join(', '))
  expect(STEP).toBe(MINUTE)
  expect(page).toContain(`with Shift, ${LONG_STEP / MINUTE} minutes`)
  expect(page).toContain(`in slices of ${SLICE_MS / MINUTE} minutes`)
  expect(page).toContain('*Day*, *6 h*, *1 h*')
  expect(SCRUB_SPANS).toEqual(['day', '6h', '1h'])
  expect(page).toContain(`*${PHASES.edge}*`)
})
