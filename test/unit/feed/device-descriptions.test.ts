import { expect, it, vi } from 'vitest'
import type { Port } from '../../../feed/port.ts'
import { fakeRedis, fix, inFakeTime, lost, replyError, said, start } from './fake.ts'

inFakeTime()

const FIX = '{"id":"BUS-1","n":1,"t":1700000000001}'
const MOVED = [0, 'e', 1, 0, FIX, 'buses/0231301203311', 'other/0231301203311']

it('tells what devices are called before their fixes, lists each group once, and moves those whose group changed', async () => {
  const redis = fakeRedis(({ name }, answer) => (name === 'wf1_describe_device' ? MOVED : answer()))
  const publisher = start(redis.port)
  publisher.describeDevices([
    { id: 'BUS-1', name: 'Bus 1', group: 'buses', attributes: { plate: 'B 1' } },
    { id: 'BUS-2', group: 'buses' },
  ])
  publisher.fixes('BUS-1', [fix('BUS-1', 1)])
  await vi.runAllTimersAsync()
  const [list, first, second] = redis.calls
  expect(list).toMatchObject({ name: 'wf1_list_group', args: ['buses'] })
  expect(first).toMatchObject({ name: 'wf1_describe_device', args: ['Bus 1', 'buses', '', '{"plate":"B 1"}'] })
  expect(second).toMatchObject({ name: 'wf1_describe_device', args: ['', 'buses', '', ''] })
  const names = redis.names()
  expect(names.filter((name) => name === 'wf1_list_group')).toHaveLength(1)
  expect(names.filter((name) => name === 'wf1_leave')).toHaveLength(2)
  expect(names.indexOf('wf1_place')).toBeLessThan(names.indexOf('wf1_leave'))
})

it('tells them again that Redis could not take, and all once it is back', async () => {
  let away = true
  const redis = fakeRedis((_, answer) => (away ? lost() : answer()))
  const publisher = start(redis.port)
  publisher.describeDevices([{ id: 'BUS-1', group: 'buses' }])
  await vi.advanceTimersByTimeAsync(2000)
  away = false
  redis.calls.length = 0
  await vi.runAllTimersAsync()
  expect(redis.names()).toContain('wf1_describe_device')
  expect(redis.names()).toContain('wf1_list_group')
  await publisher.drained(0)
})

it('gives up on what can never be, and counts it', async () => {
  const redis = fakeRedis(({ name }, answer) =>
    name === 'wf1_describe_device' ? replyError('WFARG no group') : answer(),
  )
  const publisher = start(redis.port)
  publisher.describeDevices([{ id: 'BUS-1', group: 'No group' }])
  await vi.runAllTimersAsync()
  await publisher.drained(0)
  expect([...publisher.account.failures.keys()].join()).toContain('WFARG')
  expect(said.join()).toContain('WFARG')
})

it('moves a device into its next group once it has moved into the one before', async () => {
  const redis = fakeRedis(({ name }, answer) => (name === 'wf1_describe_device' ? MOVED : answer()))
  const slow: Port = {
    ...redis.port,
    run: async (calls) => {
      if (calls.some(({ name }) => name === 'wf1_place')) await new Promise((resolve) => setTimeout(resolve, 500))
      return redis.port.run(calls)
    },
  }
  const publisher = start(slow)
  for (const group of ['buses', 'vans', 'other', 'buses']) {
    publisher.describeDevices([{ id: 'BUS-1', group }])
    await vi.advanceTimersByTimeAsync(50)
  }
  await vi.runAllTimersAsync()
  await publisher.drained(0)
  const steps = redis.names().filter((name) => name !== 'wf1_list_group' && name !== 'wf1_register')
  const moves = ['wf1_describe_device', 'wf1_place', 'wf1_leave']
  expect(steps).toEqual([...moves, ...moves])
  const groups = redis.calls.filter(({ name }) => name === 'wf1_describe_device').map(({ args }) => args[1])
  expect(groups).toEqual(['buses', 'buses'])
})
