import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { wireError } from '../../../../server/live/requests.ts'
import { createPastAdmit } from '../../../../server/past/past-clients.ts'
import { ANYBODY } from '../../../../server/people/person.ts'
import { somebody } from '../../../support/people.ts'

const START = { clock: { at: 1000, speed: 0 as const }, edge: 9000 }
const handshake = {} as IncomingMessage
const codeOf = (result: object): string | undefined =>
  'error' in result ? (result.error as { code: string }).code : undefined

it('lets people in whom the floor lets in, to where their clock begins', async () => {
  const said: object[] = []
  const admit = createPastAdmit(async () => ANYBODY, {
    begin: async (asked) => {
      said.push(asked)
      return START
    },
  })
  expect(await admit(handshake, { at: 1000, speed: 0 })).toEqual({ person: ANYBODY, start: START })
  expect(said).toEqual([{ at: 1000, speed: 0 }])
})

it('says why nobody is let in: no archive, nobody, a share, or no clock', async () => {
  const past = { begin: async () => START }
  const guest = somebody({ via: 'share', id: null })
  expect(codeOf(await createPastAdmit(async () => ANYBODY, null)(handshake, {}))).toBe('not_found')
  const nobody = createPastAdmit(async () => ({ error: wireError('not_signed_in') }), past)
  expect(codeOf(await nobody(handshake, {}))).toBe('not_signed_in')
  expect(codeOf(await createPastAdmit(async () => guest, past)(handshake, {}))).toBe('not_allowed')
  const full = { begin: async () => ({ error: wireError('too_many') }) }
  expect(codeOf(await createPastAdmit(async () => ANYBODY, full)(handshake, {}))).toBe('too_many')
})
