import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createSignInEvents, type SignInFailure } from '../../../../server/people/sign-in-events.ts'
import { eventually } from '../../../support/eventually.ts'
import { somebody } from '../../../support/people.ts'

const setUp = (isDown = false) => {
  const lines: Record<string, unknown>[] = []
  const recorded: object[] = []
  const counted: string[] = []
  const events = createSignInEvents({
    log: pino({}, { write: (line) => lines.push(JSON.parse(line)) }),
    record: async (entry) => {
      if (isDown) throw new Error('Redis is away')
      recorded.push(entry)
    },
    now: () => 0,
    metrics: { signedIn: (via) => counted.push(via), signInRefused: (why) => counted.push(why) },
  })
  return { events, lines, recorded, counted }
}

it('who signs in and out is counted, logged and recorded, with what let them in', () => {
  const { events, lines, recorded, counted } = setUp()
  events.signedIn(somebody({ via: 'invitation', credential: 'inv-1' }), '192.0.2.1')
  events.signedIn(somebody({ id: null, via: 'share', credential: 'sh-1' }), '192.0.2.1')
  events.signedOut(somebody({ via: 'open', credential: null }))
  expect(recorded).toEqual([
    { who: 'ann', what: 'signed_in', about: 'invitation inv-1' },
    { who: '', what: 'signed_in', about: 'share sh-1' },
    { who: 'ann', what: 'signed_out', about: 'open' },
  ])
  expect(counted).toEqual(['invitation', 'share'])
  expect(lines[0]).toMatchObject({ person: 'ann', via: 'invitation', address: '192.0.2.1', msg: 'Somebody signed in' })
})

it('who is refused is recorded where that says something of them', () => {
  const { events, recorded, counted } = setUp()
  const all: SignInFailure[] = ['bad', 'expired', 'limited', 'unavailable', 'away', 'denied']
  for (const why of all) events.refused(why, null, '192.0.2.1')
  events.refused('revoked', somebody({ via: 'invitation', credential: 'inv-1' }), '192.0.2.1')
  expect(counted).toEqual([...all, 'revoked'])
  expect(recorded).toEqual([
    { who: '', what: 'refused', about: 'bad' },
    { who: '', what: 'refused', about: 'expired' },
    { who: '', what: 'refused', about: 'denied' },
    { who: 'ann', what: 'refused', about: 'invitation inv-1: revoked' },
  ])
})

it('a record that cannot be written costs nobody their sign-in, and is told', async () => {
  const { events, lines, counted } = setUp(true)
  events.signedIn(somebody(), '192.0.2.1')
  expect(counted).toEqual(['token'])
  await eventually('it is told', () => lines.some(({ msg }) => msg === 'The record could not be written'))
})

it('whoever tries on and on does not fill the log, and is counted all the same', () => {
  const { events, lines, counted } = setUp()
  for (let i = 0; i < 1000; i++) events.refused('limited', null, '192.0.2.1')
  events.refused('limited', null, '192.0.2.2')
  expect(counted).toHaveLength(1001)
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.length).toBeLessThan(20)
  expect(lines.at(-1)).toMatchObject({ address: '192.0.2.2' })
})
