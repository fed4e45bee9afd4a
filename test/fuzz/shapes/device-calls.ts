import fc from 'fast-check'
import { deviceTopic, type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import { latin1Of } from './commands.ts'
import { SCRATCH } from './requests.ts'

type Values = (...each: fc.Arbitrary<string>[]) => fc.Arbitrary<string[]>
type Part = Parameters<typeof topicPart>[1]

const keysOf = (topic: Topic, parts: readonly Part[]): string[] =>
  [topicKey(topic), ...parts.map((part) => topicPart(topic, part))].map(latin1Of)
const ofDevice = (...parts: Part[]) => fc.constantFrom(...SCRATCH.devices).map((id) => keysOf(deviceTopic(id), parts))
const FIXES = ofDevice('track', 'past', 'seen')
const COMMANDS = ofDevice('track', 'past', 'seen', 'commands', 'asked')
const ORDER = fc.constant(keysOf('o:fuzz', ['log', 'devices', 'ids', 'failures']))

const flag = fc.constantFrom('', '0', '1')
const seconds = fc.constantFrom('', '5', '0.1', '86400', '-1', '1e300')
const kinds = fc.constantFrom('', '[]', '["stop"]', '["stop","x y"]', '{"a":1}', '['.repeat(1500), '[null]')
const object = fc.constantFrom(
  '{}',
  '{"a":1,"b":"\\",\\"state\\":\\"done"}',
  latin1Of('{"ü":"Ł","parked":true,"door":"open"}'),
  '{"state":"done","at":1,"takes":"[1]"}',
  '{"n":1e999}',
  '[1]',
  '{"a":'.repeat(1500),
)
const door = fc.constantFrom('', 'socket', 'A door', 'x'.repeat(25))
const id = fc.constantFrom('1', '2', '3', 'a-b', 'a b', 'x'.repeat(65))
const kind = fc.constantFrom('stop', 'go_on', 'message', 'No')
const handle = fc.constantFrom('ann', 'Ann')
const name = fc.constantFrom('Ann', latin1Of('Łęcka "A."'), ',"args":{', 'x'.repeat(241))
const until = fc.constantFrom('1767225600000', '4000000000000', '9007199254740991', '1', '0')
const condition = fc.constantFrom(
  '',
  '{}',
  '{"slowerThan":3,"fresherThan":60}',
  '{"inside":{"west":170,"south":-10,"east":190,"north":10}}',
  '{"inside":{"west":1}}',
  '{"slower":1}',
)
const order = fc.constantFrom('', 'fuzz', '{')
const superseded = fc.constantFrom('', 'stop', 'stop go_on', 'No')
const state = fc.constantFrom('acknowledged', 'done', 'failed', 'refused', 'cancelled', 'sent', 'unknown', 'x')
const said = fc.constantFrom('', 'why', latin1Of('","state":"done","at":1 ü'), 'x'.repeat(600), '\xff')
const at = fc.constantFrom('1', '2', '1767225600000', '9007199254740991', '0')
const device = fc.constantFrom('A', 'B', latin1Of('ü "'), 'C', '')
const cursor = [fc.constantFrom('', 'x'), fc.constantFrom('0', '1', '-1')] as const
const page = fc.constantFrom('', '1', '3', '9007199254740991')
const few = fc.constantFrom('1', '100', '500', '0')

/** Right calls, or nearly, about signs of life, commands and orders. */
export const deviceCall = (values: Values) => {
  const call = (of: string, keys: fc.Arbitrary<string[]>, args: fc.Arbitrary<string[]>) =>
    fc.record({ name: fc.constant(of), keys, args })
  const asked = values(id, kind, object, handle, name, until, condition, order, superseded)
  const opened = fc
    .tuple(values(handle, name, kind, object, until, condition), fc.array(device, { maxLength: 4 }))
    .map((all) => all.flat())
  const steps = fc.array(values(device, state, at, said, said), { maxLength: 4 }).map((all) => all.flat())
  return fc.oneof(
    { weight: 3, arbitrary: call('wf1_life', FIXES, values(flag, seconds, kinds, object, door)) },
    call('wf1_key_device', FIXES, values(fc.constantFrom('', 'ab12', '"'))),
    { weight: 5, arbitrary: call('wf1_command', COMMANDS, asked) },
    { weight: 4, arbitrary: call('wf1_send', COMMANDS, values(fc.constantFrom('0', '5000', '-1'))) },
    { weight: 4, arbitrary: call('wf1_step', COMMANDS, values(id, state, said, said)) },
    { weight: 2, arbitrary: call('wf1_due', COMMANDS, fc.constant([])) },
    call('wf1_commands', ofDevice('commands', 'asked'), values(page, few)),
    call('wf1_read_device', ofDevice('track', 'commands', 'asked'), values(...cursor)),
    { weight: 3, arbitrary: call('wf1_order', ORDER, opened) },
    { weight: 3, arbitrary: call('wf1_order_step', ORDER, steps) },
    call('wf1_read_order', fc.constant(keysOf('o:fuzz', ['log', 'devices', 'failures'])), values(...cursor)),
    call('wf1_order_devices', fc.constant(keysOf('o:fuzz', ['devices', 'ids']).slice(1)), values(state, device, few)),
  )
}
