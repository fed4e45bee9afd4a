import { describe, expect, test, vi } from 'vitest'
import { createErrands, MOST_ERRANDS } from '../../../../web/state/commands/errands.ts'
import type { CancelReply, CancelRequest, Command, CommandReply, CommandRequest } from '../../../../wire/commands.ts'

const command = { id: 'c1' } as Command
const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

/** A node that replies as it is told, and what it was asked. */
const setUp = () => {
  const world = { now: 1_000_000, live: true, me: 'ann' as string | null }
  const replies: (CommandReply | CancelReply | 'silence')[] = []
  const asked: (CommandRequest | CancelRequest)[] = []
  const answer = async (request: CommandRequest | CancelRequest) => {
    asked.push(request)
    const reply = replies.shift() ?? 'silence'
    if (reply === 'silence') throw new Error('no answer in time')
    return reply
  }
  const done = vi.fn()
  const errands = createErrands({
    acts: { command: answer as never, cancel: answer as never },
    ...{ ready: () => world.live, me: () => world.me, now: () => world.now, done },
  })
  const ask = (id: string, device = 'BUS-1', within = 60) =>
    errands.add({
      ...{ what: 'command', id, about: `d:${device}`, until: world.now + within * 1000 },
      request: { id, to: { devices: [device] }, kind: 'stop', within },
    })
  return { world, replies, asked, done, errands, ask, phases: () => errands.errands.value.map(({ phase }) => phase) }
}

describe('what is asked of a node', () => {
  test('is asked again by the same id until a node answers, with what is left of its time', async () => {
    const { world, replies, asked, done, errands, ask, phases } = setUp()
    replies.push('silence', { error: { code: 'unavailable', message: '' } }, { command, device: 'BUS-1' })
    ask('c1')
    await settled()
    expect(phases()).toEqual(['waiting'])
    for (let i = 0; i < 2; i++) {
      world.now += 20_000
      errands.tick()
      await settled()
    }
    expect(asked).toMatchObject([
      { id: 'c1', within: 60 },
      { id: 'c1', within: 40 },
      { id: 'c1', within: 20 },
    ])
    expect([phases(), done.mock.calls[0]?.[1]]).toEqual([[], { command, device: 'BUS-1' }])
  })
  test('waits for a connection, and is never sent after its deadline', async () => {
    const { world, asked, errands, ask, phases } = setUp()
    world.live = false
    ask('c1')
    world.now += 60_000
    world.live = true
    errands.tick()
    await settled()
    expect([asked, phases()]).toEqual([[], ['refused']])
    expect(errands.errands.value[0]?.error).toContain('nothing was sent')
  })
  test('stays with its reason where a node says no, until whoever asked has read it', async () => {
    const { replies, errands, ask, phases } = setUp()
    replies.push({ error: { code: 'bad_request', message: 'No.' } })
    ask('c1')
    await settled()
    expect([phases(), errands.errands.value[0]?.error]).toEqual([['refused'], 'No.'])
    errands.discard('c1')
    expect(phases()).toEqual([])
  })
  test('goes out in order for one device, and does not wait for another', async () => {
    const { replies, asked, errands, ask } = setUp()
    replies.push('silence')
    ask('stop')
    ask('go_on')
    replies.push('silence')
    ask('other', 'BUS-2')
    await settled()
    expect(asked.map((one) => 'id' in one && one.id)).toEqual(['stop', 'other'])
    replies.push({ command, device: 'BUS-1' }, 'silence', { command, device: 'BUS-1' })
    errands.tick()
    await settled()
    await settled()
    expect(asked.map((one) => 'id' in one && one.id)).toEqual(['stop', 'other', 'stop', 'other', 'go_on'])
  })
  test('is asked by whoever asked, and has a cap', () => {
    const { world, asked, errands, ask } = setUp()
    world.live = false
    for (let i = 0; i < MOST_ERRANDS; i++) expect(ask(`c${i}`, `BUS-${i}`)).toBe(true)
    expect(ask('one more')).toBe(false)
    world.me = 'bob'
    world.live = true
    errands.tick()
    expect(asked).toEqual([])
  })
})
