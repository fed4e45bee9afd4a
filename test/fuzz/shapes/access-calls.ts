import fc from 'fast-check'
import { ACCESS, topicKey, topicKeys } from '../../../wire/topics.ts'
import { latin1Of } from './commands.ts'

type Values = (...each: fc.Arbitrary<string>[]) => fc.Arbitrary<string[]>

const KEYS = fc.constant(topicKeys(ACCESS).map(latin1Of))
const READER: fc.Arbitrary<string[]> = fc.constant([
  topicKey(ACCESS),
  ...['log', 'revoked'].map((part) => `${topicKey(ACCESS)}:${part}`),
])

/** Twenty years ahead, in steps that are shorter than anything that lets people in. */
const until = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 40 }).map((step) => String(1_800_000_000_000 + step * 15_000_000_000)) },
  fc.constantFrom('0', '1', '9007199254740991', '1e15', ''),
)
const what = fc.constantFrom('c:fuzz-1', 'c:fuzz-2', 'p:fuzz-3', 'p:', 'x:y', 'c:"', `c:${'x'.repeat(299)}`)
const id = fc.constantFrom('fuzz-1', 'fuzz-2', 'a b', '', 'made', 'by:ann', 'fuzz-1:revoked', 'x'.repeat(65))
const handle = fc.constantFrom('fuzz', 'ann', 'A', '', 'a'.repeat(27), 'a'.repeat(33))
const name = fc.constantFrom('"Fuzz"', '""', 'Fuzz', '"', latin1Of('"Łęcka"'), `"${'x'.repeat(500)}"`)
const who = fc.constantFrom('ann', '', 'the floor', '"', 'x'.repeat(501))
const row = fc.constantFrom(
  '{"id":"fuzz-1","made":1}',
  '{}',
  '{"until":1,"id":"fuzz-2"}',
  '{"id"',
  '[]',
  '',
  `{"x":"${'x'.repeat(10_000)}"}`,
)
const since = fc.constantFrom('0', '1795000000000', '-1', 'x', '1e400')
const act = fc.constantFrom('signed_in', 'refused', 'shared', 'Shared', '', 'x'.repeat(600))

/** Right calls, or nearly, about who is let in and what is taken back. */
export const accessCall = (values: Values) => {
  const call = (of: string, args: fc.Arbitrary<string[]>, keys = KEYS) =>
    fc.record({ name: fc.constant(of), keys, args })
  const taken = fc
    .tuple(values(who, who), fc.array(values(what, since, until), { maxLength: 4 }))
    .map(([head, all]) => [...head, ...all.flat()])
  return fc.oneof(
    { weight: 3, arbitrary: call('wf1_revoke', taken) },
    { weight: 3, arbitrary: call('wf1_invite', values(id, until, handle, name, who, row)) },
    call('wf1_renew', values(id, until, who)),
    call('wf1_used', values(id)),
    {
      weight: 3,
      arbitrary: call('wf1_share', values(id, until, handle, id, since, who, who, row, row)),
    },
    call('wf1_opened', values(id)),
    call('wf1_handle', values(fc.constantFrom('openid:x y', 'fuzz', `x:${'x'.repeat(2000)}`), handle, name)),
    call('wf1_record', values(who, act, who)),
    call('wf1_read_access', values(fc.constantFrom('', 'x'), fc.constantFrom('0', '1', '-1')), READER),
  )
}
