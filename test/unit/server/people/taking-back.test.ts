import { expect, test } from 'vitest'
import { LONGEST_MS } from '../../../../server/people/lifetimes.ts'
import type { Noted, TakenBack } from '../../../../server/people/store.ts'
import { createTakingBack } from '../../../../server/people/taking-back.ts'
import type { Invitation, Share } from '../../../../wire/people.ts'

const NOW = 1_000_000

const invitation = (id: string, person: string, until = NOW + 10): Invitation => ({
  id,
  person,
  name: person,
  grants: '',
  until,
  by: 'boss',
  made: 0,
  used: null,
  revoked: false,
})
const share = (id: string, by: string, until = NOW + 20): Share => ({
  id,
  by,
  show: { kind: 'symbol', symbol: 'A' },
  name: '',
  made: 0,
  until,
  ends: null,
  opened: 0,
  revoked: false,
})

const floor = () => {
  const invitations = [invitation('i1', 'ann'), invitation('i2', 'bob'), invitation('i0', 'ann', NOW)]
  const shares = [share('s1', 'ann'), share('s2', 'bob'), share('s3', 'ann'), share('s0', 'ann', NOW - 1)]
  const steps: { taken: readonly TakenBack[]; noted: Noted | undefined }[] = []
  const taking = createTakingBack(
    {
      revoke: async (taken, noted) => void (taken.length > 0 && steps.push({ taken, noted })),
      invitation: async (id) => invitations.find((each) => each.id === id) ?? null,
      invitations: async () => invitations,
      share: async (id) => shares.find((each) => each.id === id) ?? null,
      shares: async () => shares,
    },
    () => NOW,
  )
  return { taking, steps }
}

test('a share ends alone', async () => {
  const { taking, steps } = floor()
  expect(await taking.share('s1', 'ann')).toBe(true)
  expect(steps).toEqual([{ taken: [{ what: 'c:s1', until: NOW + 20 }], noted: { by: 'ann', about: 'share s1' } }])
  expect(await taking.share('none', 'ann')).toBe(false)
})

test('an invitation ends first, and then what its person shared', async () => {
  const { taking, steps } = floor()
  expect(await taking.invitation('i1', 'boss')).toBe(true)
  expect(steps).toEqual([
    { taken: [{ what: 'c:i1', until: NOW + 10 }], noted: { by: 'boss', about: 'invitation of ann' } },
    { taken: ['s1', 's3'].map((id) => ({ what: `c:${id}`, until: NOW + 20 })), noted: undefined },
  ])
  expect(await taking.invitation('none', 'boss')).toBe(false)
})

test('a person ends first, for as long as anything lasts, and then all that they were given and have given', async () => {
  const { taking, steps } = floor()
  await taking.person('ann', 'boss')
  expect(steps).toEqual([
    { taken: [{ what: 'p:ann', until: NOW + LONGEST_MS }], noted: { by: 'boss', about: 'ann' } },
    {
      taken: [
        { what: 'c:i1', until: NOW + 10 },
        { what: 'c:s1', until: NOW + 20 },
        { what: 'c:s3', until: NOW + 20 },
      ],
      noted: undefined,
    },
  ])
})
