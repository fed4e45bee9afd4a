import { expect, test } from 'vitest'
import { completeInWords, whyNotTo } from '../../../../web/state/past/words.ts'

const at = (...parts: [number, number, number, number, number]): number => new Date(...parts).getTime()
const now = at(2026, 10, 30, 14, 0)
const from = at(2026, 10, 30, 9, 30)
const gap = { from, to: from + 1, why: 'Redis was away' }

test('completeness is told with its gaps', () => {
  expect(completeInWords({ from, gaps: [] }, now)).toBe('Complete from 09:30 · 0 gaps')
  expect(completeInWords({ from, gaps: [gap] }, now)).toBe('Complete from 09:30 · 1 gap')
  expect(completeInWords({ from, gaps: [gap, gap] }, now)).toBe('Complete from 09:30 · 2 gaps')
  expect(completeInWords({ from: null, gaps: [] }, now)).toBe('Not in the archive yet')
})

test('one can go from the beginning of the archive up to its edge, and is told why not elsewhere', () => {
  const span = { from, edge: now }
  expect([whyNotTo(from, span), whyNotTo(now, span)]).toEqual([null, null])
  expect(whyNotTo(from - 1, span)).toBe('The archive begins on Mon 30 Nov 2026 09:30:00.')
  expect(whyNotTo(now + 1, span)).toBe('The archive goes up to Mon 30 Nov 2026 14:00:00.')
  expect(whyNotTo(null, span)).toBe('Type the time as 08:15 or 08:15:30.')
})
