import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signal } from '@preact/signals'
import { type Socket, Server as SocketServer } from 'socket.io'
import { afterEach, vi } from 'vitest'
import { createFloor } from '../../../../web/floor.ts'
import { layOver } from '../../../../web/pages/laid-over.ts'
import { createApi } from '../../../../web/state/api.ts'
import type { Attention } from '../../../../web/state/desk/alerts.ts'
import { createDeskPrefs } from '../../../../web/state/desk/desk-prefs.ts'
import { createFrames } from '../../../../web/state/frames.ts'
import { createPeople } from '../../../../web/state/people.ts'
import type { Place } from '../../../../web/state/place.ts'
import { createPrefs } from '../../../../web/state/prefs.ts'
import type { ClockReply, ClockRequest, PastClock } from '../../../../wire/past.ts'
import type { WatchReply, WatchRequest } from '../../../../wire/protocol.ts'
import type { Topic } from '../../../../wire/topics.ts'
import { fakeNode } from '../people/node.ts'

export const T = Date.UTC(2020, 10, 30, 8, 15)
/** What was opened is closed after each test. */
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  vi.unstubAllGlobals()
})

const QUIET: Attention = {
  ...{ allowed: () => false, ask: async () => false, show: () => {}, sound: () => {} },
  ...{ visible: () => true, looking: () => true },
}

type Joined = { socket: Socket; watched: Set<string>; clock: PastClock }

/**
 * A node of two floors: of now, and of the past, where each symbol's last price is the moment of its state. `shown`:
 * what Bob shows of his screen.
 */
export const openNode = async () => {
  const http = createServer()
  const io = new SocketServer(http, { serveClient: false })
  const joined: Record<'/' | '/past', Joined[]> & { shown: string } = { '/': [], '/past': [], shown: '' }
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
      const stateOf = (topic: string) => (topic === 'v:bob' ? { screen: { t: 1, place: joined.shown } } : snapshot)
      const results = topics.map(({ topic }) => ({
        ...{ topic: topic as Topic, kind: 'snapshot' as const, cursor },
        snapshot: stateOf(topic),
      }))
      reply({ results })
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

export const openPage = (first: Place) => {
  const asked: string[] = []
  const kept = new Map<string, string>([['watchfloor.symbols', '["X"]']])
  const shelf = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const ways = { open: true, invitations: false, openid: false }
  const people = createPeople(fakeNode(Response.json({ me: null, ways })).calls)
  void people.check()
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
    people,
    prefs: createPrefs(shelf),
    desk: { attention: QUIET, prefs: createDeskPrefs(shelf, shelf), newId: () => 'id' },
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
