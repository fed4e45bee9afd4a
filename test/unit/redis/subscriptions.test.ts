import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { slotOf } from '../../../redis/slots.ts'
import type { Deployment } from '../../../server/redis/deployment.ts'
import { createSubscriptions } from '../../../server/redis/subscriptions.ts'
import { noFaults } from '../../support/faults.ts'

/**
 * Two primaries in memory: each keeps the channels that are subscribed on it, and refuses those of slots that are not
 * its own.
 */
const twoPrimaries = () => {
  const halves = { left: new Set<string>(), right: new Set<string>() }
  const moved = new Map<number, string>()
  const ownerOf = (channel: string): string => moved.get(slotOf(channel)) ?? (slotOf(channel) < 8192 ? 'left' : 'right')
  const lines = new Map<string, EventEmitter & { status: string }>()
  const line = (primary: string): Redis => {
    const own = halves[primary as keyof typeof halves]
    const redis = Object.assign(new EventEmitter(), {
      status: 'wait',
      connect: async () => {
        redis.status = 'ready'
        redis.emit('ready')
      },
      disconnect: () => {
        redis.status = 'end'
        own.clear()
        redis.emit('close')
      },
      ssubscribe: async (...channels: string[]) => {
        if (redis.status !== 'ready') throw new Error('not connected')
        if (channels.some((channel) => ownerOf(channel) !== primary)) throw new Error('MOVED')
        for (const channel of channels) own.add(channel)
      },
      sunsubscribe: async (channel: string) => own.delete(channel),
      client: async () => `id=1 sub=0 psub=0 ssub=${own.size} multi=-1`,
    })
    lines.set(primary, redis)
    return redis as unknown as Redis
  }
  const primaries = async () => ({ all: ['left', 'right'], owning: ['left', 'right'], of: ownerOf })
  const deployment = { publish: 'SPUBLISH', primaries, line } as unknown as Deployment
  return { halves, moved, lines, deployment }
}

const floor = async () => {
  const redis = twoPrimaries()
  const renewed: string[] = []
  const subscriptions = createSubscriptions(redis.deployment, noFaults, {
    ready: () => {},
    moved: () => {},
    gone: () => {},
    renewed: (channels) => renewed.push(...channels),
  })
  await subscriptions.locate([])
  return { ...redis, subscriptions, renewed, lineTo: (primary: string) => subscriptions.lines.at(primary) }
}

const [LEFT, RIGHT] = ['wf:{b}', 'wf:{a}'] // slots 3300 and 15495
const nothing = (): void => {}

it('subscribes each channel where it lives, and lets it go there', async () => {
  const { halves, subscriptions, renewed } = await floor()
  const release = await subscriptions.subscribe(LEFT, nothing)
  await subscriptions.subscribe(RIGHT, nothing)
  expect([[...halves.left], [...halves.right]]).toEqual([[LEFT], [RIGHT]])
  release()
  expect([[...halves.left], [...halves.right]]).toEqual([[], [RIGHT]])
  expect(renewed).toEqual([])
})

it('gives each message to whom it is for, whatever alphabet its channel is named in', async () => {
  const { lines, subscriptions } = await floor()
  const heard: string[] = []
  const release = await subscriptions.subscribe('wf:{s:株式.T}', (text) => heard.push(text))
  subscriptions.want('wf:{d:B-XY 1234}', (text) => heard.push(text))
  const publish = (channel: string, text: string) =>
    lines.get('left')?.emit('smessageBuffer', Buffer.from(channel), Buffer.from(text))
  publish('wf:{s:株式.T}', 'é')
  publish('wf:{d:B-XY 1234}', 'two')
  publish('wf:{s:株}', 'nobody')
  release()
  publish('wf:{s:株式.T}', 'no longer')
  expect(heard).toEqual([Buffer.from('é').toString('latin1'), 'two'])
})

it('subscribes anew what a lost connection held, and says which', async () => {
  const { halves, subscriptions, renewed, lines } = await floor()
  await subscriptions.subscribe(LEFT, nothing)
  await subscriptions.subscribe(RIGHT, nothing)
  const left = lines.get('left')
  Object.assign(left ?? {}, { status: 'reconnecting' })
  halves.left.clear()
  left?.emit('close')
  await expect(subscriptions.fill()).rejects.toThrow(/cannot be heard/)
  await expect(subscriptions.subscribe('wf:{b}2', nothing)).rejects.toThrow(/cannot be heard/)
  expect(renewed).toEqual([])
  Object.assign(left ?? {}, { status: 'ready' })
  await subscriptions.fill()
  expect(renewed).toEqual([LEFT])
  expect([[...halves.left], [...halves.right]]).toEqual([[LEFT], [RIGHT]])
})

it('follows a slot that moved when its old primary says so, and leaves all others alone', async () => {
  const { halves, moved, subscriptions, renewed, lineTo } = await floor()
  await subscriptions.subscribe(LEFT, nothing)
  await subscriptions.subscribe('wf:{f}', nothing) // slot 3168, of the left too
  moved.set(slotOf(LEFT), 'right')
  halves.left.delete(LEFT)
  const left = lineTo('left')
  await subscriptions.locate(left ? [left] : [])
  await subscriptions.fill()
  expect(renewed).toEqual([LEFT])
  expect([[...halves.left], [...halves.right]]).toEqual([['wf:{f}'], [LEFT]])
})

it('keeps what is wanted whatever happens until it can be subscribed', async () => {
  const { halves, subscriptions, lines, renewed } = await floor()
  const left = lines.get('left') ?? {}
  Object.assign(left, { status: 'reconnecting' })
  const release = subscriptions.want(LEFT, nothing)
  await expect(subscriptions.fill()).rejects.toThrow(/cannot be heard/)
  Object.assign(left, { status: 'ready' })
  await subscriptions.fill()
  expect([...halves.left]).toEqual([LEFT])
  expect(renewed).toEqual([]) // for the first time
  release()
  expect([...halves.left]).toEqual([])
})

it('finds by count that Redis forgot a subscription, and subscribes that line anew', async () => {
  const { halves, subscriptions, renewed, lineTo } = await floor()
  await subscriptions.subscribe(LEFT, nothing)
  await subscriptions.subscribe('wf:{f}', nothing)
  await subscriptions.subscribe(RIGHT, nothing)
  const left = lineTo('left')
  if (!left) throw new Error('no line')
  expect(await subscriptions.audit(left)).toBe(true)
  halves.left.delete('wf:{f}')
  expect(await subscriptions.audit(left)).toBe(false)
  await subscriptions.fill()
  expect([...halves.left].sort()).toEqual([LEFT, 'wf:{f}'])
  expect(renewed.sort()).toEqual([LEFT, 'wf:{f}'])
  expect(await subscriptions.audit(left)).toBe(true)
})

it('subscribes a single channel anew where it is doubted', async () => {
  const { halves, subscriptions, renewed } = await floor()
  await subscriptions.subscribe(LEFT, nothing)
  halves.left.clear()
  subscriptions.doubt(LEFT)
  await subscriptions.fill()
  expect([...halves.left]).toEqual([LEFT])
  expect(renewed).toEqual([LEFT])
})

it('lets go of what is doubted, or was subscribed by a call that failed too late: Redis may hold it all the same', async () => {
  const { halves, subscriptions, lines } = await floor()
  const release = await subscriptions.subscribe(LEFT, nothing)
  subscriptions.doubt(LEFT)
  release()
  expect([...halves.left]).toEqual([])
  const left = lines.get('left') as unknown as { ssubscribe: (...channels: string[]) => Promise<void> }
  left.ssubscribe = async (channel) => {
    halves.left.add(channel)
    throw new Error('Command timed out')
  }
  await expect(subscriptions.subscribe(LEFT, nothing)).rejects.toThrow('timed out')
  expect([...halves.left]).toEqual([])
})
