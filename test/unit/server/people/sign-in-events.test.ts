import pino from 'pino'
import { expect, it } from 'vitest'
import { createSignInEvents } from '../../../../server/people/sign-in-events.ts'

it('whoever tries on and on fills neither log nor record, and is counted all the same', () => {
  const lines: string[] = []
  let counted = 0
  let recorded = 0
  const events = createSignInEvents({
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    record: async () => void recorded++,
    now: () => 0,
    metrics: { signedIn: () => {}, signInRefused: () => counted++ },
  })
  for (let i = 0; i < 1000; i++) events.refused('limited', null, '192.0.2.1')
  events.refused('limited', null, '192.0.2.2')
  expect(counted).toBe(1001)
  expect(recorded).toBe(0)
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.length).toBeLessThan(20)
  expect(lines.join('')).toContain('192.0.2.2')
})
