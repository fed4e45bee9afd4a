import { expect, test } from 'vitest'
import { createLink } from '../../../web/state/link.ts'
import { troubleOf } from '../../../web/state/trouble.ts'

const HELLO = { node: 'one', version: '1', heartbeatMs: 1_000 }

/** A link that was live at the time 10,000 of this browser, whose clock is 3 s ahead of the node's. */
const live = () => {
  let now = 10_000
  const link = createLink(() => now)
  link.become({ phase: 'live' })
  link.hello({ ...HELLO, at: 7_000 })
  link.catchUp(true)
  const to = (time: number): string => {
    now = time
    link.tick()
    return link.health.value
  }
  return { link, to }
}

test('a link is live while fresh heartbeats come, silent without them, dead after three', () => {
  const { link, to } = live()
  expect(to(11_000)).toBe('live')
  link.beat(8_000)
  expect(to(13_400)).toBe('live')
  expect(to(13_600)).toBe('silent')
  link.beat(10_600)
  expect(link.health.value).toBe('live')
  expect(link.dead()).toBe(false)
  expect([to(16_500), link.dead()]).toEqual(['silent', false])
  expect([to(16_700), link.dead()]).toEqual(['silent', true])
})

test('heartbeats that waited for a page that slept make nothing live; the first that did not does', () => {
  const { link, to } = live()
  expect(to(600_000)).toBe('silent')
  for (const at of [8_000, 9_000, 300_000, 590_000]) {
    link.beat(at)
    expect(link.health.value).toBe('silent')
  }
  link.beat(596_900)
  expect(link.health.value).toBe('live')
})

test('a new connection is not live before the node has answered for what is shown', () => {
  const { link, to } = live()
  link.become({ phase: 'waiting', retryAt: 0, attempt: 1, reason: 'transport close' })
  expect(link.health.value).toBe('waiting')
  link.catchUp(false)
  link.become({ phase: 'live' })
  link.hello({ ...HELLO, at: 7_100 })
  expect(to(10_100)).toBe('connecting')
  link.catchUp(true)
  expect(link.health.value).toBe('live')
})

test('a notice that this browser is slowed is kept until it is taken back, and says nothing of Redis', () => {
  const { link } = live()
  const texts = () => link.incidents.value.map(({ text }) => text)
  link.notice({ kind: 'redis_down' })
  link.notice({ kind: 'slowed', rate: 2 })
  link.notice({ kind: 'slowed', rate: 1 })
  expect([link.redisDown.value, link.slowed.value]).toEqual([true, 1])
  link.notice({ kind: 'slowed', rate: null })
  expect(link.slowed.value).toBeNull()
  expect(texts().filter((text) => text.startsWith('This browser'))).toEqual([
    'This browser keeps up again: every update comes',
    'This browser can’t keep up: updates come less often',
  ])
  link.notice({ kind: 'slowed', rate: 2 })
  link.hello({ ...HELLO, at: 7_000 })
  expect(link.slowed.value).toBeNull()
})

test('a trouble is told once it lasts, stays told while it is tried again, and says whether what is shown may be old', () => {
  const { link, to } = live()
  const told = () => troubleOf(link)
  expect(told()).toBeNull()
  link.notice({ kind: 'slowed', rate: 2 })
  expect(told()).toMatchObject({ kind: 'slowed', old: false })
  link.notice({ kind: 'redis_down' })
  expect(told()).toMatchObject({ kind: 'redis', old: true })
  link.notice({ kind: 'redis_up' })
  link.become({ phase: 'waiting', retryAt: 0, attempt: 1, reason: 'transport close' })
  expect(told()).toBeNull()
  to(15_000)
  expect(told()).toMatchObject({ kind: 'waiting', old: true, retry: true })
  expect(told()?.text).toContain('the connection closed')
  link.become({ phase: 'connecting' })
  expect(told()).toMatchObject({ kind: 'waiting', retry: false })
  link.catchUp(false)
  link.become({ phase: 'live' })
  expect(told()).toBeNull()
  link.online.value = false
  to(15_100)
  expect(told()).toMatchObject({ kind: 'offline', old: true })
})
