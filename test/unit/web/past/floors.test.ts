import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signal } from '@preact/signals'
import { type Socket, Server as SocketServer } from 'socket.io'
import { afterEach, expect, test, vi } from 'vitest'
import { createFloor } from '../../../../web/floor.ts'
import { layOver } from '../../../../web/pages/laid-over.ts'
import { createApi } from '../../../../web/state/api.ts'
import { createFrames } from '../../../../web/state/frames.ts'
import { createPeople } from '../../../../web/state/people.ts'
import type { Place } from '../../../../web/state/place.ts'
import { createPrefs, FIRST_PLACE } from '../../../../web/state/prefs.ts'
import type { ClockReply, ClockRequest, PastClock } from '../../../../wire/past.ts'
import type { WatchReply, WatchRequest } from '../../../../wire/protocol.ts'
import { eventually } from '../../../support/eventually.ts'
import { fakeNode } from '../people/node.ts'

const T = Date.UTC(2020, 10, 30, 8, 15)
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  vi.unstubAllGlobals()
})

type Joined = { socket: Socket; watched: Set<string>; clock: PastClock }

/** A node of two floors: of now, and of the past, where each symbol's last price is the moment of its state. */
const openNode = async () => {
  const http = createServer()
  const io = new SocketServer(http, { serveClient: false })
  const joined: Record<'/' | '/past', Joined[]> = { '/': [], '/past': [] }
  const serve = (name: '/' | '/past') => (socket: Socket) => {
    const { at = Date.now(), speed = 0 } = socket.handshake.auth as Partial<PastClock>
    const one: Joined = { socket, watched: new Set(), clock: { at, speed } }
    let epoch = 1
    joined[name].push(one)
    socket.on('disconnect', () => joined[name].splice(joined[name].indexOf(one), 1))
    socket.on('watch', ({ topics = [] }: WatchRequest, reply: (reply: WatchReply) => void) => {
      for (const { topic } of topics) one.watched.add(topic)
      const last = { id: 1, t: one.clock.at, price: one.clock.at, size: 1 }
      const snapshot = { last, prev: null, day: null, quote: null, candle: null }
      const cursor = { epoch: `past-${epoch}`, seq: 1 }
      reply({ results: topics.map(({ topic }) => ({ topic: topic as 's:X', kind: 'snapshot', cursor, snapshot })) })
    })
    socket.on('unwatch', ({ topics }: { topics: string[] }, reply) => {
      for (const topic of topics) one.watched.delete(topic)
      reply({ results: [] })
    })
    socket.on('tune', (_request, reply) => reply({ results: [] }))
    socket.on('clock', (request: ClockRequest, reply: (reply: ClockReply) => void) => {
      one.clock = { ...one.clock, ...request }
      if (request.at !== undefined) epoch++
      reply({ ...one.clock, edge: T + 1e9 })
    })
    socket.emit('hello', { node: 'one', version: '1', at, heartbeatMs: 60_000 })
  }
  for (const name of ['/', '/past'] as const) io.of(name).on('connection', serve(name))
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  ends.push(() => io.close())
  const { port } = http.address() as AddressInfo
  vi.stubGlobal('location', { protocol: 'http:', hostname: '127.0.0.1', port: String(port), host: `127.0.0.1:${port}` })
  return joined
}

const openPage = (first: Place) => {
  const asked: string[] = []
  const shelf = new Map<string, string>([['watchfloor.symbols', '["X"]']])
  const ports = {
    api: createApi({
      fetch: async (path) => {
        asked.push(path)
        if (path.includes('/candles')) return Response.json({ candles: [], cursor: { epoch: 'r', seq: 1 } })
        return Response.json(path.startsWith('/api/past') ? { archive: 'up', from: 0, edge: T } : { symbols: [] })
      },
      wait: async () => {},
      random: () => 0,
    }),
    people: createPeople(fakeNode().calls),
    prefs: createPrefs({ getItem: (key) => shelf.get(key) ?? null, setItem: (key, value) => shelf.set(key, value) }),
    frames: createFrames(
      () => {},
      () => {},
    ),
    ...{ now: Date.now, steady: () => performance.now(), random: Math.random, report: () => {} },
    narrow: signal(false),
  }
  const live = createFloor({ ...ports, first })
  const floors = layOver(live, ports)
  const stop = live.start()
  ends.push(stop, floors.close)
  const price = () => {
    const { market } = floors.seen.value
    market.flush()
    return market.entry('X').quoted.value.last
  }
  return { live, floors, asked, price }
}

test('a link into the past opens a floor of then, which goes to other moments, and back to now', async () => {
  const joined = await openNode()
  const { live, floors, asked, price } = openPage({ ...FIRST_PLACE, workspace: 'markets', symbol: 'X', at: T })
  await eventually('the price of then', () => price() === T)
  const past = floors.seen.value
  expect([past.past?.moment.value, past.now(), past.commands, past.desk]).toEqual([T, T, null, null])
  // The live floor is there, and watches nothing of the place.
  await eventually('the node says so', () => joined['/'].length === 1)
  expect([...(joined['/'][0]?.watched ?? [])]).toEqual([])
  const candles = asked.filter((path) => path.includes('candles'))
  expect(candles.length).toBeGreaterThan(0)
  expect(candles.filter((path) => !path.endsWith(`&at=${T}`))).toEqual([])

  past.goTo(T - 60_000)
  await eventually('the price of then', () => price() === T - 60_000)
  await eventually('the node says so', () => past.past?.phase.value === 'ready')
  expect([live.place.value.at, joined['/past'].length]).toEqual([T - 60_000, 1])
  expect(asked).toContain(`/api/symbols?at=${T - 60_000}`)
  expect(past.link.incidents.value.map(({ text }) => text)).toEqual(['Connected to node one'])

  // The connection breaks: the next one begins there.
  past.past?.play(2)
  await eventually('the node says so', () => joined['/past'][0]?.clock.speed === 2)
  const [before] = joined['/past']
  before?.socket.disconnect(true)
  await eventually('another connection', () => joined['/past'].some(({ socket }) => socket !== before?.socket))
  const again = joined['/past'].at(-1)?.clock
  expect(again?.speed).toBe(2)
  expect(again?.at).toBeGreaterThanOrEqual(T - 60_000)
  expect(again?.at).toBeLessThan(T)

  past.past?.live()
  await eventually('the node says so', () => joined['/past'].length === 0)
  expect([floors.seen.value === live, live.place.value.at]).toEqual([true, undefined])
  await eventually('the live floor watches again', () => joined['/'][0]?.watched.has('s:X'))
  await eventually('the price of then', () => (price() ?? 0) > T + 1)
})

test('each way into the past is a new floor, and none of them leaves anything behind', async () => {
  const joined = await openNode()
  const { live, floors, price } = openPage({ ...FIRST_PLACE, workspace: 'markets', symbol: 'X' })
  await eventually('the price of then', () => (price() ?? 0) > T)
  for (let i = 1; i <= 3; i++) {
    live.goTo(T + i)
    await eventually('the price of then', () => price() === T + i)
    expect(floors.seen.value.past?.speed.value).toBe(0)
    live.go({ at: undefined })
    expect(floors.seen.value).toBe(live)
    await eventually('the node says so', () => joined['/past'].length === 0)
  }
  expect(joined['/']).toHaveLength(1)
})
