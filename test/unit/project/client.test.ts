import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { Server, type Socket } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { type Segment, standing, watchFloor } from '../../../docs/client.ts'
import { standing as ours } from '../../../wire/cursors.ts'
import { eventually } from '../../support/eventually.ts'

const small = fc.nat(12)
const cursors = fc.record({ epoch: fc.constantFrom('', 'a', 'b'), seq: small })
const updates = fc
  .record(
    { epoch: fc.constantFrom('a', 'b'), seq: small, after: small, candles: fc.constant([]) },
    { requiredKeys: ['epoch', 'seq'] },
  )
  .map((update): Segment => ({ topic: 's:X', ...update }))

test("the page's client orders updates as the project does", () => {
  fc.assert(
    fc.property(cursors, updates, (own, update) => {
      expect(standing(own, update)).toBe(ours(own, update))
    }),
    { numRuns: 2000 },
  )
})

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A node by hand: `answers` are given to one `watch` after the other, and the cursors that it asked with are kept. */
const startNode = async (answers: object[]) => {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'] })
  undo.push(() => io.close())
  const asked: unknown[] = []
  const joined = new Promise<Socket>((resolve) => io.once('connection', resolve))
  io.on('connection', (socket) => {
    socket.on('watch', ({ topics: [{ cursor }] }, reply) => {
      asked.push(cursor)
      reply({ results: [{ topic: 's:X', ...answers.shift() }] })
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked, joined }
}

const at = (seq: number) => ({ epoch: 'e', seq })
const update = (seq: number, more: object = {}): object => ({ topic: 's:X', epoch: 'e', seq, at: 0, ...more })

const watch = async (answers: object[]) => {
  const node = await startNode(answers)
  const heard: string[] = []
  const client = watchFloor(node.url, ['s:X'], {
    state: (_, snapshot) => heard.push(`state ${snapshot}`),
    update: ({ seq }) => heard.push(`update ${seq}`),
    refused: () => {},
  })
  undo.push(client.close)
  await eventually('a state', () => heard.length > 0)
  return { ...node, heard, socket: await node.joined }
}

test("the page's client asks again where candles hold trades that it has, and takes quotes that it has in part", async () => {
  const { socket, asked, heard } = await watch([
    { kind: 'snapshot', cursor: at(5), snapshot: 'first' },
    { kind: 'replay', cursor: at(9), updates: [update(8, { after: 7 }), update(9)] },
  ])
  socket.emit('updates', [update(7, { after: 3, quote: {} })])
  await eventually('the quote', () => heard.includes('update 7'))
  socket.emit('updates', [update(9, { after: 6, candles: [{}] })])
  await eventually('the replay', () => heard.includes('update 9'))
  expect(asked).toEqual([undefined, at(7)])
  expect(heard).toEqual(['state first', 'update 7', 'update 8', 'update 9'])
})

test("the page's client takes no update of a replay twice", async () => {
  const { socket, heard } = await watch([
    { kind: 'snapshot', cursor: at(5), snapshot: 'first' },
    { kind: 'replay', cursor: at(8), updates: [update(5), update(6), update(7), update(8)] },
  ])
  socket.emit('updates', [update(6), update(8)])
  await eventually('the replay', () => heard.includes('update 8'))
  expect(heard).toEqual(['state first', 'update 6', 'update 7', 'update 8'])
})
