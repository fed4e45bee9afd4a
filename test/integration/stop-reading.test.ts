import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stopReading } from '../../server/redis/stop-reading.ts'
import { eventually } from '../support/eventually.ts'

let server: Server
let sender: Socket
let receiver: Socket
let received: string

beforeEach(async () => {
  received = ''
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  receiver = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  sender = accepted
  receiver.setEncoding('latin1')
  receiver.on('data', (text) => {
    received += text
  })
})

afterEach(() => {
  receiver.destroy()
  sender.destroy()
  server.close()
})

const arrives = (text: string): Promise<unknown> =>
  eventually(`${text.length} bytes arrive`, async () => received.length >= text.length)

test('nothing is read while reading is stopped, and all of it afterwards, in order', async () => {
  sender.write('before,')
  await arrives('before,')
  const { bytesRead } = receiver
  const goOn = stopReading(receiver)
  const pieces = Array.from({ length: 20 }, (_, i) => `piece ${i},`)
  for (const piece of pieces) {
    sender.write(piece)
    await sleep(2)
  }
  expect(receiver.bytesRead).toBe(bytesRead)
  goOn()
  const all = `before,${pieces.join('')}`
  await arrives(all)
  expect(received).toBe(all)
})

test('reading stops and goes on many times, whatever is under way', async () => {
  const pieces = Array.from({ length: 300 }, (_, i) => String(i).padStart(8, '.'))
  const sending = (async () => {
    for (const piece of pieces) {
      sender.write(piece)
      await sleep(Math.random() * 2)
    }
  })()
  for (let i = 0; i < 60; i++) {
    const goOn = stopReading(receiver)
    await sleep(Math.random() * 5)
    goOn()
    await sleep(Math.random() * 3)
  }
  await sending
  await arrives(pieces.join(''))
  expect(received).toBe(pieces.join(''))
})

test('more than every buffer holds waits at the sender', async () => {
  const goOn = stopReading(receiver)
  const much = 'x'.repeat(30_000_000)
  sender.write(much, 'latin1')
  await sleep(50)
  expect(sender.writableLength).toBeGreaterThan(0)
  expect(received).toBe('')
  goOn()
  await arrives(much)
  expect(received.length).toBe(much.length)
})

test('a connection that was closed meanwhile is let be', async () => {
  const goOn = stopReading(receiver)
  receiver.destroy()
  await once(receiver, 'close')
  expect(goOn).not.toThrow()
})
