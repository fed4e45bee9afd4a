import { setTimeout as sleep } from 'node:timers/promises'
import { signIn } from '../../support/talkers/sign-in.ts'
import { createClock } from '../clock.ts'
import type { Dialect } from '../load/client.ts'
import { createTally, type Faults, type Percentiles } from '../load/tally.ts'
import { type Chatter, openChatter, textOf } from './chatter.ts'

export type ChatCalls = {
  /** Opens clients, of which the first `writers` write; resolves when all are in the room. */
  open: (options: { port: number; dialect: Dialect; clients: number; writers: number }) => Promise<void>
  /** Has them write so many messages a second, in turn. */
  start: (options: { rate: number }) => void
  /** No more; how many there were, and how far behind the writing ever was (ms). */
  stop: (argument: null) => { sent: number; lateMs: number }
  mark: (argument: null) => { deliveries: number; frames: number; bytes: number; delays: Percentiles }
  /** Waits until every client has every message; what one lacks counts as lost. */
  settle: (argument: { limitMs: number }) => Promise<Faults>
}

const TICK_MS = 2
/** Messages of one run at most. */
const MOST = 100_000

/** Many clients of a chat in one process. */
export const createChat = (): ChatCalls => {
  const clock = createClock()
  const tally = createTally(0, 0)
  const count = { frames: 0, bytes: 0 }
  const chatters: Chatter[] = []
  const had: Uint8Array[] = []
  let deliveries = 0
  let sent = 0
  let writers = 1
  let lateMs = 0
  let timer: NodeJS.Timeout | undefined

  const gotBy = (own: Uint8Array) => (at: number, n: number) => {
    if (own[n] === 1) tally.faults.repeated++
    own[n] = 1
    deliveries++
    tally.late(clock.now() - at)
  }
  const missing = (): number => deliveriesDue() - had.reduce((sum, own) => sum + ones(own, sent), 0)
  const deliveriesDue = (): number => sent * had.length

  return {
    open: async ({ port, dialect, clients, writers: wanted }) => {
      writers = wanted
      const url = `http://127.0.0.1:${port}`
      for (let i = 0; i < clients; i++) {
        const writes = i < wanted && dialect === 'watchfloor'
        const cookie = writes ? await signIn(url, `writer-${i}`) : null
        const own = new Uint8Array(MOST)
        had.push(own)
        await new Promise<void>((resolve, reject) => {
          const onEnd = (): void => {
            tally.faults.ended++
            reject(new Error(`client ${i} was disconnected`))
          }
          const ports = { count, got: gotBy(own), onWhole: resolve, onEnd }
          chatters.push(openChatter({ port, dialect, cookie }, ports))
        })
      }
    },
    start: ({ rate }) => {
      const from = clock.now()
      const before = sent
      timer = setInterval(() => {
        const due = before + Math.floor(((clock.now() - from) / 1000) * rate)
        lateMs = Math.max(lateMs, ((due - sent - 1) / rate) * 1000)
        for (; sent < due; sent++) chatters[sent % writers]?.say(sent, textOf(clock.now(), sent))
      }, TICK_MS)
    },
    stop: () => {
      clearInterval(timer)
      return { sent, lateMs }
    },
    mark: () => {
      const marked = { deliveries, ...count, delays: tally.percentiles() }
      tally.clearDelays()
      clock.set()
      return marked
    },
    settle: async ({ limitMs }) => {
      const end = performance.now() + limitMs
      const isWhole = (): boolean => missing() === 0 && chatters.every((chatter) => chatter.waiting() === 0)
      while (!isWhole() && performance.now() < end) await sleep(50)
      tally.faults.lost += missing()
      return tally.faults
    },
  }
}

const ones = (flags: Uint8Array, to: number): number => {
  let sum = 0
  for (let i = 0; i < to; i++) sum += flags[i] ?? 0
  return sum
}
