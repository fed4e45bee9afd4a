import fc from 'fast-check'
import { type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import { latin1Of } from './commands.ts'

type Values = (...each: fc.Arbitrary<string>[]) => fc.Arbitrary<string[]>
type Part = Parameters<typeof topicPart>[1]

const keysOf = (topic: Topic, ...parts: Part[]): fc.Arbitrary<string[]> =>
  fc.constant([topicKey(topic), ...parts.map((part) => topicPart(topic, part))].map(latin1Of))

const ROOM = keysOf('m:fuzz', 'log', 'messages', 'said')
const INBOX = keysOf('i:fuzz', 'log', 'items', 'told', 'read')
const PRESENCE = keysOf('p:floor', 'log', 'here', 'tabs', 'leases')
const SCREEN = keysOf('v:fuzz')

const handle = fc.constantFrom('ann', 'bob', 'x', 'j.doe', 'Ann', 'a'.repeat(33))
const name = fc.constantFrom('Ann', latin1Of('Łęcka "A."'), '', 'x'.repeat(241))
const id = fc.constantFrom('1', '2', '3', 'a-b', 'a b', 'x'.repeat(65))
const number = fc.constantFrom('1', '2', '3', '0', '9007199254740991', '1e3', '-1')
const text = fc.constantFrom(
  'hello',
  '',
  latin1Of('é\u0301 😀'),
  '","done":1}',
  '\\',
  '}',
  'x'.repeat(4001),
  'x'.repeat(4000),
)
const handles = fc.constantFrom(
  '',
  'ann',
  'ann bob',
  'Ann',
  ' ann',
  Array.from({ length: 30 }, (_, i) => `p${i}`).join(' '),
)
const flag = fc.constantFrom('', '1', 'yes')
const room = fc.constantFrom('m:fuzz', 'm:s:AAPL', 's:AAPL', 'm:', 'm:"')
const since = fc.constantFrom('1767225600000', '1', '0', '9007199254740991')
const topic = fc.constantFrom('', 's:AAPL', 'nothing', 's:"', 'p:floor')
const cursor = [fc.constantFrom('', 'x'), fc.constantFrom('0', '1', '-1')] as const

/** Right calls, or nearly, about what people do. */
export const peopleCall = (values: Values) => {
  const call = (of: string, keys: fc.Arbitrary<string[]>, args: fc.Arbitrary<string[]>) =>
    fc.record({ name: fc.constant(of), keys, args })
  const marks = fc
    .tuple(fc.constantFrom('0', '1', '2'), fc.array(fc.tuple(room, number), { maxLength: 3 }), fc.array(number))
    .map(([count, read, done]) => [count, ...read.flat(), ...done])
  const people = fc
    .tuple(
      values(fc.constant('fuzz'), fc.constantFrom('1', '60000', '0'), flag),
      fc.array(values(handle, name, since, topic)),
    )
    .map(([head, all]) => [...head, ...all.flat()])
  return fc.oneof(
    { weight: 5, arbitrary: call('wf1_say', ROOM, values(handle, name, id, text, handles, flag)) },
    { weight: 3, arbitrary: call('wf1_edit', ROOM, values(handle, number, text, handles)) },
    call('wf1_typing', ROOM, values(handle, name)),
    call('wf1_list_room', fc.constant(['wf:{rooms}']), values(fc.constantFrom('fuzz', 's:AAPL', ''))),
    call('wf1_messages', keysOf('m:fuzz', 'messages'), values(fc.constantFrom('', '1', '3'), number)),
    {
      weight: 3,
      arbitrary: call('wf1_tell', INBOX, values(fc.constantFrom('mention', 'x"'), room, number, handle, name, text)),
    },
    { weight: 3, arbitrary: call('wf1_mark', INBOX, marks) },
    { weight: 3, arbitrary: call('wf1_here', PRESENCE, people) },
    call('wf1_show', SCREEN, values(text)),
    call('wf1_read_room', keysOf('m:fuzz', 'log', 'messages'), values(...cursor)),
    call('wf1_read_inbox', keysOf('i:fuzz', 'log', 'items', 'read'), values(...cursor)),
    call('wf1_read_presence', keysOf('p:floor', 'log', 'here'), values(...cursor)),
    call('wf1_read_screen', SCREEN, values(...cursor)),
  )
}
