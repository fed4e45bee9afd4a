import { describe, expect, test } from 'vitest'
import { bothOf, conditionsOf, onlyWhile } from '../../../../web/state/commands/conditions.ts'
import { formatLeft } from '../../../../web/state/commands/left.ts'
import { argsInWords, moodOf, refusalInWords, stateInWords } from '../../../../web/state/commands/words.ts'
import { COMMAND_KINDS } from '../../../../wire/command-kinds.ts'
import { COMMAND_STATES } from '../../../../wire/commands.ts'

const NOW = 1_000_000
const fix = { id: 'A', n: 1, t: NOW - 12_000, lat: 30, lon: -97, speed: 5 }
const kindOf = (name: string) => COMMAND_KINDS.find((kind) => kind.name === name)

test('a state is said in words, with why', () => {
  expect(stateInWords({ state: 'queued' })).toBe('waiting for the device')
  expect(stateInWords({ state: 'sent', tries: 3 })).toBe('sent 3 times, no answer yet')
  expect(stateInWords({ state: 'refused', reason: 'The device goes at 3.4 m/s, not slower than 3.' })).toBe(
    'refused: it moves at 12 km/h',
  )
  expect(stateInWords({ state: 'failed', reason: 'The door is open.' })).toBe('failed: the door is open')
  expect(stateInWords({ state: 'done', answer: 'on my way' })).toBe('done: on my way')
  expect(new Set(COMMAND_STATES.map((state) => stateInWords({ state }))).size).toBe(COMMAND_STATES.length)
  expect(COMMAND_STATES.filter((state) => moodOf(state) === 'bad')).toEqual(['unknown', 'failed', 'refused', 'expired'])
})

test('what was asked is said in one line', () => {
  expect(argsInWords(kindOf('report_every'), { seconds: 10 })).toBe('10 s')
  expect(argsInWords(kindOf('go_to'), { place: '1.00000,2.00000', note: 'gate 3' })).toBe('1.00000, 2.00000, gate 3')
  expect(argsInWords(kindOf('follow'), { route: '1,2 3,4 5,6' })).toBe('3 places')
  expect(argsInWords(undefined, { a: 1, b: 'x' })).toBe('1, x')
})

test('a refusal says what to do', () => {
  expect(refusalInWords({ code: 'too_many', message: 'x' })).toContain('cancel some')
  expect(refusalInWords({ code: 'bad_request', message: 'Of this kind there is none.' })).toBe(
    'Of this kind there is none.',
  )
})

describe('conditions', () => {
  const condition = { slowerThan: 3, fresherThan: 60, inside: { west: -98, south: 29, east: -96, north: 31 } }
  test('tell how they stand now', () => {
    expect(conditionsOf(condition, fix, NOW).map(({ holds }) => holds)).toEqual([false, true, true])
    expect(conditionsOf(condition, fix, NOW)[0]).toEqual({
      text: 'it moves slower than 11 km/h',
      now: 'now 18 km/h',
      holds: false,
    })
  })
  test('do not hold of a device that does not tell, or has no position', () => {
    const { speed: _, ...mute } = fix
    expect(conditionsOf({ slowerThan: 3 }, mute, NOW)[0]?.holds).toBe(false)
    expect(conditionsOf(condition, null, NOW).every(({ holds }) => holds === false)).toBe(true)
    expect(conditionsOf({ fresherThan: 60 }, fix, NOW + 60_000)[0]?.holds).toBe(false)
  })
  test('the stricter one counts', () =>
    expect(bothOf({ slowerThan: 3, fresherThan: 60 }, { slowerThan: 5, fresherThan: 10 })).toEqual({
      slowerThan: 3,
      fresherThan: 10,
    }))
  test('are one sentence', () => {
    expect(onlyWhile({ slowerThan: 3, fresherThan: 60 })).toBe(
      'Only while it moves slower than 11 km/h and its position is at most 1 min old.',
    )
    expect(onlyWhile({})).toBe('')
  })
})

test('what is left is counted down', () =>
  expect([48_000, 725_000, 3 * 3_600_000, 0, -5].map(formatLeft)).toEqual(['0:48', '12:05', '3 h', 'over', 'over']))
