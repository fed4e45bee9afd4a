import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { floorForThisFile, results, SYMBOLS, trade } from './floor.ts'
import { testSymbols } from './symbols.ts'
import { testViews } from './views.ts'

const floor = floorForThisFile()

describe('watching symbols', () => testSymbols(floor))
describe('watching a view', () => testViews(floor))

describe('two nodes', () => {
  it('give a client each the same numbered updates, exactly once and in order, and only of what it watches', async () => {
    const [first, second] = [await floor.client(floor.nodes[0]), await floor.client(floor.nodes[1])]
    const watched = ['s:S6', 's:S7', 's:S8']
    for (const each of [first, second]) results(await each.watchTopics(...watched))
    for (let i = 0; i < 10; i++) for (const symbol of SYMBOLS) await floor.feed.market(symbol, [trade()])
    for (const each of [first, second])
      await eventually('all updates', () => watched.every((topic) => each.segments(topic).length === 10))
    for (const topic of watched) {
      expect(first.segments(topic)).toEqual(second.segments(topic))
      const seqs = first.segments(topic).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i))
    }
    expect(new Set([...first.frames.flat(), ...second.frames.flat()].map(({ topic }) => topic))).toEqual(
      new Set(watched),
    )
  })

  it('count clients and watchers of the whole cluster', async () => {
    const all = [
      await floor.client(floor.nodes[0]),
      await floor.client(floor.nodes[0]),
      await floor.client(floor.nodes[1]),
    ]
    for (const each of all) await each.watchTopics('s:S9')
    for (const node of floor.nodes) {
      const stats = await (await fetch(`${node.url}/api/stats`)).json()
      expect(stats).toMatchObject({
        clients: 3,
        nodes: [
          { node: 'one', clients: 2 },
          { node: 'two', clients: 1 },
        ],
        watchers: { S9: 3 },
      })
    }
  })

  it('resume a client where it was: current, replay, or snapshot', async () => {
    const one = await floor.client(floor.nodes[0])
    const [answer] = results(await one.watchTopics('s:S10'))
    if (answer?.kind !== 'snapshot') throw new Error('no snapshot')
    one.close()
    const other = await floor.client(floor.nodes[1])
    const again = (cursor = answer.cursor) => other.watch({ topics: [{ topic: 's:S10', cursor }] })
    expect(results(await again())).toMatchObject([{ kind: 'current', cursor: answer.cursor }])
    await floor.feed.market('S10', [trade(7)])
    await floor.feed.market('S10', [trade(8)])
    await eventually('both are heard', () => other.segments('s:S10').length === 2)
    const [replay] = results(await again())
    expect(replay).toMatchObject({
      kind: 'replay',
      cursor: { seq: answer.cursor.seq + 2 },
      updates: [{ trades: [{ price: 7 }] }, { trades: [{ price: 8 }] }],
    })
    expect(results(await again({ epoch: 'other', seq: 1 }))).toMatchObject([{ kind: 'snapshot' }])
    expect(results(await again({ ...answer.cursor, seq: 10_000 }))).toMatchObject([{ kind: 'snapshot' }])
  })
})

it('tells last numbers in heartbeats', async () => {
  const one = await floor.client()
  await one.watchTopics('s:S11')
  await floor.feed.market('S11', [trade()])
  await eventually('a heartbeat with the number', () =>
    one.heartbeats.some(({ seqs }) => seqs['s:S11']?.seq === one.segments('s:S11').at(-1)?.seq),
  )
})

it('refuses pages of other origins, in words', async () => {
  const address = `${floor.nodes[0]?.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const page = new WebSocket(address, { origin: 'https://elsewhere.example' }).on('error', () => {})
  const [, response] = (await once(page, 'unexpected-response')) as [unknown, IncomingMessage]
  expect(response.statusCode).toBe(403)
  expect(String(Buffer.concat(await response.toArray()))).toContain('ORIGINS')
  const stranger = { extraHeaders: { origin: 'https://elsewhere.example' }, reconnection: false }
  await expect(connectClient(floor.nodes[0]?.url ?? '', stranger)).rejects.toThrow('refused')
  const own = await connectClient(floor.nodes[0]?.url ?? '', { extraHeaders: { origin: floor.nodes[0]?.url ?? '' } })
  own.close()
})
