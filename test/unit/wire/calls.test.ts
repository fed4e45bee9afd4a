import { expect, it } from 'vitest'
import { describeDevice, publishFixes } from '../../../wire/calls.ts'
import { lifeCall, readCommands, sendCommands } from '../../../wire/command-calls.ts'
import { orderTopic } from '../../../wire/order-calls.ts'
import { topicKeys } from '../../../wire/topics.ts'

const fix = { id: 'A', n: 1, t: 2, lat: 3, lon: 4 }
const KEYS = ['wf:{d:A}', 'wf:{d:A}:track', 'wf:{d:A}:past', 'wf:{d:A}:seen']

it('sends ten values of a fix only where one of them tells that many', () => {
  const plain = publishFixes('A', [fix, { ...fix, speed: 5 }])
  expect([plain.name, plain.args]).toEqual(['wf1_device', [1, 2, 3, 4, '', '', '', '', 1, 2, 3, 4, 5, '', '', '']])
  const whole = publishFixes('A', [fix, { ...fix, parked: true, readings: { fuel: 0.5 } }])
  expect([whole.name, whole.args]).toEqual([
    'wf2_device',
    [1, 2, 3, 4, '', '', '', '', '', '', 1, 2, 3, 4, '', '', '', '', '1', '{"fuel":0.5}'],
  ])
  expect([plain.keys, whole.keys, publishFixes('A', []).name]).toEqual([KEYS, KEYS, 'wf1_device'])
})

it('names the keys of commands only where these are touched', () => {
  expect([describeDevice('A', {}).keys, lifeCall('A', {}).keys]).toEqual([KEYS, KEYS])
  const all = [...KEYS, 'wf:{d:A}:commands', 'wf:{d:A}:asked']
  expect(sendCommands('A', 0).keys).toEqual(all)
  expect(readCommands('A', null, 5)).toEqual({ name: 'wf1_commands', keys: [all[0], ...all.slice(4)], args: ['', 5] })
  expect(topicKeys(orderTopic('ann.1'))).toHaveLength(5)
})

it('leaves out of a sign of life what was not told, and says what ended', () => {
  expect(lifeCall('A', {}).args).toEqual(['', '', '', '', ''])
  expect(lifeCall('A', { parked: false, takes: [], attributes: {} }).args).toEqual(['0', '', '[]', '{}', ''])
  expect(lifeCall('A', { parked: true, every: 5, takes: ['stop'], door: 'osmand' }).args).toEqual([
    '1',
    5,
    '["stop"]',
    '',
    'osmand',
  ])
})
