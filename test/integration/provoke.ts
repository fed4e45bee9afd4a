import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { io } from 'socket.io-client'
import { expect } from 'vitest'
import { callFunction } from '../../redis/call.ts'
import { hashOf } from '../../server/devices/keys.ts'
import { keyDevice } from '../../wire/command-calls.ts'
import { connectClient } from '../support/client.ts'
import { signIn } from '../support/talkers/sign-in.ts'
import { nmeaPorts, node, redis, victim } from './faulty-node.ts'

/* What clients and devices do to a node, so that it comes to a place where a fault is thrown. */

/** Watches once and goes. */
export const visit = async (...topics: string[]): Promise<void> => {
  const client = await victim()
  await client.watchTopics(...topics)
  client.close()
}
/** Connects, and goes once it is greeted or refused. */
export const newcomer = async (): Promise<void> => {
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  await new Promise<void>((resolve) => {
    socket.addEventListener('open', () => socket.send('40'))
    socket.addEventListener('message', ({ data }) => String(data).startsWith('42["hello"') && resolve())
    socket.addEventListener('close', () => resolve())
    socket.addEventListener('error', () => resolve())
  })
  socket.close()
}
export const refusedOnce = async (): Promise<void> => {
  const { status } = await fetch(`${node.url}/api/config`).catch(() => ({ status: 0 }))
  expect([0, 200]).toContain(status)
}

/** Asks something of a device, by somebody with a name. */
export async function command(): Promise<void> {
  cookie ??= signIn(node.url, 'faulty')
  const client = await connectClient(node.url, { reconnection: false, extraHeaders: { Cookie: await cookie } })
  const request = { id: randomUUID(), to: { devices: ['VAN-7'] }, kind: 'report_now' }
  const reply = await client.socket.timeout(60_000).emitWithAck('command', request)
  client.close()
  if ('error' in reply) expect(reply.error.code).toBe('unavailable')
}
let cookie: Promise<string> | null = null

/** A receiver connects, and goes. */
export async function connectLine(): Promise<void> {
  const socket = connect(nmeaPorts.get('faulty') ?? 0, '127.0.0.1')
  socket.on('error', () => {})
  socket.once('connect', () => socket.destroy())
  await new Promise((resolve) => socket.once('close', resolve))
}

/** A device connects, and goes. */
export async function connectDevice(): Promise<void> {
  await callFunction(redis.client(), keyDevice('VAN-8', hashOf('key')))
  const socket = io(`${node.url}/device`, {
    transports: ['websocket'],
    forceNew: true,
    auth: { id: 'VAN-8', key: 'key' },
  })
  await new Promise((resolve) => socket.once('hello', resolve).once('connect_error', resolve))
  await sleep(50)
  socket.disconnect()
}
