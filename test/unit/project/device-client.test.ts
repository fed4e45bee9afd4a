import { expect, test } from 'vitest'
import type { Command, Noted } from '../../../docs/device.ts'
import {
  command,
  connect,
  fix,
  type Given,
  startNode,
  states,
  undoAfterEach,
} from '../../support/devices/node-by-hand.ts'
import { eventually } from '../../support/eventually.ts'

undoAfterEach()

test('a device says who and what it is, and sends its fixes with numbers of their own', async () => {
  const node = await startNode()
  const shown: object[] = []
  node.letsIn = (auth) => {
    shown.push(auth)
    return null
  }
  const client = connect(node.url, { life: { every: 10, takes: ['stop'] } })
  for (let t = 1000; t < 1003; t++) client.fix(fix(t))
  client.fix({ ...fix(1003), n: 5 })
  await eventually('every fix', () => client.account.accepted === 4)
  expect(shown).toEqual([{ id: 'VAN-8', key: 'secret' }])
  expect(node.reports[0]).toMatchObject({ every: 10, takes: ['stop'] })
  expect(node.fixes().map(({ n }) => n)).toEqual([1_000_000, 1_001_000, 1_002_000, 5])
  client.tell({ parked: true })
  await eventually('a sign of life', () => node.reports.at(-1)?.parked === true)
  expect(node.reports.at(-1)).toEqual({ every: 10, takes: ['stop'], parked: true })
})

test('fixes are kept until they are acknowledged, and sent again under the same numbers, in order', async () => {
  const node = await startNode()
  node.takes = () => null
  const client = connect(node.url)
  client.fix(fix(1))
  await eventually('a first try', () => node.fixes().length === 1)
  for (let t = 2; t < 500; t++) client.fix(fix(t))
  const { port } = new URL(node.url)
  await node.stop()
  const next = await startNode(Number(port))
  await eventually('every fix', () => client.kept() === 0, { limitMs: 60_000 })
  expect(next.fixes().map(({ t }) => t)).toEqual(Array.from({ length: 499 }, (_, i) => i + 1))
  expect(next.fixes()[0]).toEqual(node.fixes()[0])
  expect(Math.max(...next.reports.map(({ fixes = [] }) => fixes.length))).toBe(200)
})

test('what the node cannot take now is sent again; what it does not understand is counted, and the rest goes on', async () => {
  const node = await startNode()
  const replies: Given[] = [{ error: { code: 'unavailable' } }, { error: { code: 'bad_request', message: 'no' } }]
  const taken = node.takes
  node.takes = (report) => replies.shift() ?? taken(report)
  const client = connect(node.url)
  client.fix(fix(1))
  await eventually('a refusal', () => client.account.refused === 1)
  expect(client.account.why).toBe('no')
  client.fix(fix(2))
  await eventually('the next fix', () => client.account.accepted === 1)
  expect(node.fixes().map(({ t }) => t)).toEqual([1, 1, 2])
})

test('of more fixes than can be kept the oldest go, and are counted', async () => {
  const client = connect('http://127.0.0.1:1')
  for (let t = 1; t <= 10_005; t++) client.fix(fix(t))
  expect([client.kept(), client.account.dropped]).toEqual([10_000, 5])
})

test('a command is acknowledged, done once, and its answer told until it is taken', async () => {
  const node = await startNode()
  let refusals = 1
  node.takesAnswer = ({ state }) =>
    state === 'done' && refusals-- > 0 ? { error: { code: 'unavailable' } } : { done: true }
  const done: string[] = []
  const saved: string[] = []
  const journal = new Map<string, Noted>()
  connect(node.url, {
    journal,
    save: () => saved.push([...journal.values()].map(({ state }) => state).join()),
    obey: ({ id }: Command) => {
      expect(saved).toEqual(['acknowledged'])
      done.push(id)
      return { state: 'done', answer: 'yes' }
    },
  })
  await eventually('a connection', () => node.sockets.length === 1)
  node.command(command('a'))
  await eventually(
    'the answer, again',
    () => states(node.answers, 'a').filter((state) => state === 'done').length === 2,
  )
  expect(node.answers.at(-1)).toEqual({ id: 'a', state: 'done', answer: 'yes' })
  // What is asked again before the device knows that its answer was taken need not be answered once more.
  await eventually('the answer is taken', () => journal.get('a')?.told)
  node.command(command('a'), command('a'))
  await eventually('the answer of a repeat', () => states(node.answers, 'a').filter((s) => s === 'done').length > 2)
  expect(done).toEqual(['a'])
})

test('what was under way when the device restarted is not done again, and what was not told is', async () => {
  const node = await startNode()
  const journal = new Map<string, Noted>([
    ['begun', { state: 'acknowledged', told: true }],
    ['untold', { state: 'done' }],
    ['told', { state: 'done', told: true }],
  ])
  const done: string[] = []
  connect(node.url, {
    journal,
    obey: ({ id }) => {
      done.push(id)
      return { state: 'done' }
    },
  })
  await eventually('answers', () => node.answers.length === 2)
  node.command(command('begun'), command('untold'), command('new'))
  await eventually('the new one', () => states(node.answers, 'new').at(-1) === 'done')
  expect(done).toEqual(['new'])
  expect(new Set(states(node.answers, 'begun'))).toEqual(new Set(['failed']))
  expect(new Set(states(node.answers, 'untold'))).toEqual(new Set(['done']))
})

test("nothing is done after its deadline by the node's clock, whatever the device's own says", async () => {
  const node = await startNode()
  // A node whose clock is an hour ahead, or a device whose clock is an hour behind.
  const hour = 3_600_000
  node.at = () => Date.now() + hour
  const done: string[] = []
  const late: boolean[] = []
  connect(node.url, {
    obey: ({ id }, isLate) => {
      done.push(id)
      late.push(isLate())
      return { state: 'done' }
    },
  })
  await eventually('a connection', () => node.sockets.length === 1)
  node.command(command('late', Date.now() + hour - 1), command('timely', Date.now() + hour + 60_000))
  await eventually('both', () => states(node.answers, 'timely').at(-1) === 'done')
  expect([done, late]).toEqual([['timely'], [false]])
  expect(node.answers.find(({ id }) => id === 'late')?.state).toBe('refused')
})

test('what goes wrong in doing is told as failed', async () => {
  const node = await startNode()
  connect(node.url, {
    obey: () => {
      throw new Error('the motor is stuck')
    },
  })
  await eventually('a connection', () => node.sockets.length === 1)
  node.command(command('a'))
  await eventually('a failure', () => states(node.answers, 'a').at(-1) === 'failed')
  expect(node.answers.at(-1)?.reason).toContain('the motor is stuck')
})

test('a device that is not let in is told why; one that is sent away goes to the next node', async () => {
  const node = await startNode()
  node.letsIn = () => 'not_signed_in'
  const refused: string[] = []
  connect(node.url, { refused: (code) => refused.push(code) })
  await eventually('a refusal', () => refused.length > 0)
  expect(refused).toEqual(['not_signed_in'])

  node.letsIn = () => null
  const client = connect(node.url)
  await eventually('a connection', () => node.sockets.length === 1)
  node.sockets[0]?.emit('notice', { kind: 'shutdown', reconnectMs: 10 })
  await eventually('another connection', () => node.sockets.length === 2)
  client.sleep()
  await eventually('none', () => node.sockets[1]?.connected === false)
  client.fix(fix(1))
  client.wake()
  await eventually('what was kept', () => client.account.accepted === 1)
})

test('a device that slept while its node went finds the next one', async () => {
  const node = await startNode()
  const client = connect(node.url)
  await eventually('a connection', () => node.sockets.length === 1)
  node.sockets[0]?.emit('notice', { kind: 'shutdown', reconnectMs: 60_000 })
  // Behind the notice: what comes later has found it read.
  node.command(command('a'))
  await eventually('the answer', () => states(node.answers, 'a').at(-1) === 'done')
  client.sleep()
  const { port } = new URL(node.url)
  await node.stop()
  client.wake()
  const next = await startNode(Number(port))
  await eventually('a connection', () => next.sockets.length === 1)
})
