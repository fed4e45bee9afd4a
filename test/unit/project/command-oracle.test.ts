import { expect, test } from 'vitest'
import type { Command } from '../../../wire/commands.ts'
import type { Entry } from '../../support/devices/journal.ts'
import { type Asked, faultsOfDevice, type Known } from '../../support/devices/oracle.ts'
import { followSteps } from '../../support/devices/steps.ts'

/* The faults that the test of commands looks for are found where they are. */

const UNTIL = 2000
/** The second device is fast, the first is not. */
const slow: Known = { id: 'D', place: 0, asleep: false }
const fast: Known = { id: 'D', place: 1, asleep: false }

const asked = (more: Partial<Asked> = {}): Asked => ({
  device: 'D',
  id: 'c1',
  kind: 'message',
  reply: 'taken',
  cancelled: null,
  cancelAsked: false,
  ...more,
})
const command = (more: Partial<Command> = {}): Command => ({
  id: 'c1',
  c: 1,
  kind: 'message',
  args: {},
  by: { id: 'ann', name: 'Ann' },
  t: 1000,
  until: UNTIL,
  state: 'done',
  at: 1500,
  ...more,
})
const entry = (more: Partial<Entry> = {}): Entry => ({
  id: 'c1',
  until: UNTIL,
  manner: 'usual',
  came: [1100],
  taken: true,
  did: [1200],
  end: { id: 'c1', state: 'done' },
  heard: true,
  ...more,
})
const journal = (...entries: Entry[]) => ({ id: 'D', entries, faults: [] })

test('what is as it should be has no fault', () => {
  expect(faultsOfDevice(slow, [asked()], [command()], journal(entry()))).toEqual([])
  const cancelled = { asked: asked({ cancelled: 1, cancelAsked: true }), told: command({ state: 'cancelled' }) }
  expect(faultsOfDevice(slow, [cancelled.asked], [cancelled.told], journal())).toEqual([])
  const refused = [asked({ kind: 'stop' }), command({ kind: 'stop', state: 'refused' })] as const
  expect(faultsOfDevice(fast, [refused[0]], [refused[1]], journal())).toEqual([])
})

const silent = entry({ did: [], end: null, heard: false })
test.each<[string, Known, Asked, Command[], Entry[]]>([
  ['it is lost', slow, asked(), [], []],
  ['it is there twice', slow, asked(), [command(), command({ c: 2 })], [entry()]],
  ['done 2 times', slow, asked(), [command()], [entry({ did: [1200, 1300] })]],
  ["the device's deadline is 5", slow, asked(), [command()], [entry({ until: 5 })]],
  ['done after its deadline', slow, asked(), [command()], [entry({ did: [UNTIL + 1] })]],
  ['the device did not do it', slow, asked(), [command()], []],
  ['the device said done', slow, asked(), [command({ state: 'failed' })], [entry()]],
  ['it is still open', slow, asked(), [command({ state: 'sent' })], [silent]],
  ['it was delivered 1 times', slow, asked(), [command({ state: 'expired' })], [silent]],
  ['it was delivered 1 times', slow, asked({ cancelAsked: true }), [command({ state: 'cancelled' })], [silent]],
  ['it counted as cancelled', slow, asked({ cancelled: 1, cancelAsked: true }), [command()], [entry()]],
  ['nobody cancelled it', slow, asked(), [command({ state: 'cancelled' })], []],
  ['nothing superseded it', slow, asked(), [command({ state: 'superseded' })], []],
  ['what must hold did hold', slow, asked({ kind: 'stop' }), [command({ kind: 'stop', state: 'refused' })], []],
  ['delivered, and what must hold did not', fast, asked({ kind: 'stop' }), [command({ kind: 'stop' })], [entry()]],
  ['nobody asked for it', slow, asked(), [command(), command({ id: 'c2', c: 2 })], [entry()]],
  ['not_allowed, and it is there', slow, asked({ reply: 'not_allowed' }), [command()], [entry()]],
])('%s', (fault, known, request, told, entries) => {
  const faults = faultsOfDevice(known, [request], told, journal(...entries))
  expect(faults.join('\n')).toContain(fault)
})

test('a command that goes back, or on from its end, is found', () => {
  const steps = followSteps()
  for (const state of ['queued', 'sent', 'unknown', 'acknowledged', 'done'] as const)
    steps.take('D', command({ state }))
  expect(steps.faults).toEqual([])
  steps.take('D', command({ state: 'failed' }))
  expect(steps.faults).toEqual(['D c1: done, and then failed'])
})
