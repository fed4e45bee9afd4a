import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { createVisitors, type Visitors } from '../../../server/access/visitors.ts'
import { noFaults } from '../../support/faults.ts'

/** Connections in memory: what is paused, and what was cut. */
class FakeWebSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  isPaused = false
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
}
class FakeConnection extends EventEmitter {
  bytesRead = 0
  resetAndDestroy(): void {}
}

let cpu = 0
let cuts: string[] = []
let visitors: Visitors

beforeEach(() => {
  vi.useFakeTimers()
  cpu = 0
  cuts = []
  visitors = createVisitors({
    clientShare: 0.05,
    addressShare: 0.1,
    cpu: () => cpu,
    now: () => performance.now(),
    cut: (reason) => cuts.push(reason),
    faults: noFaults,
  })
})
afterEach(() => {
  visitors.close()
  vi.useRealTimers()
})

const enter = (address = 'a') => {
  const [webSocket, connection] = [new FakeWebSocket(), new FakeConnection()]
  // As ws's own listener, which does the work.
  let work = 0
  connection.on('data', () => {
    cpu += work
  })
  const piece = (ms: number, bytes = 100): void => {
    work = ms
    connection.bytesRead += bytes
    connection.emit('data', Buffer.alloc(bytes))
  }
  visitors.enter(address, webSocket as unknown as WebSocket, connection as unknown as Socket)
  const visitor = visitors.joined(connection as unknown as Socket)
  return {
    webSocket,
    connection,
    visitor,
    /** Pieces come in, and handling them takes so much CPU time, a millisecond or less each. */
    read: (ms: number, bytes = 100) => {
      for (let left = ms; left > 0; left--) piece(Math.min(left, 1), bytes)
    },
    piece,
    message: () => webSocket.emit('message', Buffer.alloc(0), false),
  }
}

it('reads on from a client that stays within what it may cost', () => {
  const { read, message, webSocket } = enter()
  for (let i = 0; i < 600; i++) {
    read(4)
    message()
    vi.advanceTimersByTime(100)
  }
  expect(webSocket.isPaused).toBe(false)
  expect(cuts).toEqual([])
})

it('does not read from one that owes, until it has paid', () => {
  const { read, message, webSocket } = enter()
  read(300)
  message()
  expect(webSocket.isPaused).toBe(true)
  vi.advanceTimersByTime(900)
  expect(webSocket.isPaused).toBe(true)
  vi.advanceTimersByTime(200)
  expect(webSocket.isPaused).toBe(false)
  expect(cuts).toEqual([])
})

it('has a long piece pay for holding everybody up, up to eight times what it took', () => {
  const [short, long, stuck] = [enter('a'), enter('b'), enter('c')]
  for (const { read } of [short]) read(240)
  for (let i = 0; i < 3; i++) long.piece(8)
  expect([short, long].map(({ webSocket }) => webSocket.isPaused)).toEqual([false, false])
  long.piece(8)
  stuck.piece(30)
  expect([long, stuck].map(({ webSocket }) => webSocket.isPaused)).toEqual([true, false])
})

it('has the work of handlers and topics paid for, too', () => {
  const { visitor, webSocket } = enter()
  for (let i = 0; i < 240; i++)
    visitor?.measured(() => {
      cpu += 0.8
      // Within a piece of work that is measured already.
      visitor.measured(() => {
        cpu += 0.2
      })
    })
  expect(webSocket.isPaused).toBe(false)
  for (let i = 0; i < 500; i++) visitor?.topic()
  expect(webSocket.isPaused).toBe(true)
})

it('cuts one that owes for long', () => {
  const { read, message, webSocket } = enter()
  for (let second = 0; second < 60 && cuts.length === 0; second++) {
    if (!webSocket.isPaused) {
      read(500)
      message()
    }
    vi.advanceTimersByTime(1000)
  }
  expect(cuts).toEqual(['work'])
})

it('has all of one address pay together, one after the other, and nobody of another', () => {
  const many = Array.from({ length: 10 }, () => enter('a'))
  const other = enter('b')
  for (const { read, message } of [...many, other]) {
    read(200)
    message()
  }
  const waiting = () => many.filter(({ webSocket }) => webSocket.isPaused).length
  expect(waiting()).toBeGreaterThan(3)
  expect(other.webSocket.isPaused).toBe(false)
  let most = 0
  for (let i = 0; i < 2000 && waiting() > 0; i++) {
    const before = waiting()
    vi.advanceTimersByTime(10)
    most = Math.max(most, before - waiting())
  }
  expect(waiting()).toBe(0)
  expect(most).toBeLessThanOrEqual(2)
})

it('an address that owes is told for how long, and a new connection changes nothing', () => {
  const first = enter('a')
  first.read(3000)
  expect(visitors.wait('a')).toBeGreaterThan(1000)
  first.webSocket.emit('close')
  enter('a')
  expect(visitors.wait('a')).toBeGreaterThan(1000)
  expect(visitors.wait('b')).toBe(0)
})

it('counts who is on the way in and who has joined', () => {
  const connection = new FakeConnection() as unknown as Socket
  const webSocket = new FakeWebSocket() as unknown as WebSocket
  visitors.enter('a', webSocket, connection)
  enter('a')
  expect([visitors.handshakes(), visitors.handshakesOf('a'), visitors.clients()]).toEqual([1, 1, 1])
  visitors.joined(connection)
  visitors.joined(connection)
  expect([visitors.handshakes(), visitors.handshakesOf('a'), visitors.clients()]).toEqual([0, 0, 2])
  webSocket.emit('close', 1000, Buffer.alloc(0))
  expect([visitors.handshakes(), visitors.clients()]).toEqual([0, 1])
})

/** A request of so many steps, each of which takes so much CPU time. */
const steps = function* (count: number, ms = 0, did: (step: number) => void = () => {}): Generator<undefined> {
  for (let i = 0; i < count; i++) {
    cpu += ms
    did(i)
    yield
  }
}

it('does a long request in pieces, reads nothing meanwhile, and does the next one after it', () => {
  const { visitor, webSocket } = enter()
  const done: string[] = []
  visitor?.perform(steps(100, 0, (step) => done.push(`first ${step}`)))
  visitor?.perform(steps(1, 0, () => done.push('second')))
  expect(done.length).toBeLessThan(50)
  expect(webSocket.isPaused).toBe(true)
  vi.advanceTimersByTime(1000)
  expect(done).toHaveLength(101)
  expect(done.at(-1)).toBe('second')
  expect(webSocket.isPaused).toBe(false)
})

it('does a short request at once', () => {
  const { visitor, webSocket } = enter()
  let done = 0
  visitor?.perform(steps(5, 0, () => done++))
  expect([done, webSocket.isPaused]).toEqual([5, false])
})

it('goes on with a request once what it cost so far is paid', () => {
  const { visitor, webSocket } = enter()
  let done = 0
  visitor?.perform(steps(4000, 0.1, () => done++))
  vi.advanceTimersByTime(1000)
  // 250 ms are saved up, and 50 ms come in a second.
  expect(done).toBeGreaterThanOrEqual(2500)
  expect(done).toBeLessThan(3200)
  expect(webSocket.isPaused).toBe(true)
  vi.advanceTimersByTime(30_000)
  expect([done, webSocket.isPaused]).toEqual([4000, false])
})

it('does no more for a connection that has ended', () => {
  const { visitor, webSocket } = enter()
  let done = 0
  visitor?.perform(steps(100, 0, () => done++))
  const before = done
  webSocket.emit('close')
  vi.advanceTimersByTime(1000)
  expect(done).toBe(before)
})
