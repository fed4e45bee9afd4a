import { setTimeout as sleep } from 'node:timers/promises'
import { signIn } from '../../support/talkers/sign-in.ts'
import { createClock } from '../clock.ts'
import { AUSTIN } from '../fleet/city.ts'
import type { Dialect } from '../load/client.ts'
import { createTally, type Percentiles } from '../load/tally.ts'
import { type Desk, openDesk } from './desk.ts'
import { type Line, openLine } from './line.ts'

export type Key = { id: string; key: string }
export type DevicesCalls = {
  /** Connects more devices, so many at a time; resolves when all are in. */
  open: (options: { port: number; dialect: Dialect; keys: Key[]; atOnce: number }) => Promise<void>
  /** Opens desks that watch so many of the devices each, and may command all of them. */
  desks: (options: { port: number; dialect: Dialect; desks: number; each: number }) => Promise<void>
  /** Has devices report in turn, so many fixes a second in all. */
  report: (options: { rate: number }) => void
  /** Has desks in turn ask devices in turn for something, so that so many commands are under way all the time. */
  command: (options: { underWay: number }) => void
  mark: (argument: null) => Marked
  /** Reports and asks for nothing more, and waits until all is answered; what is not, and what is wrong, in words. */
  stop: (argument: { limitMs: number }) => Promise<string[]>
}
export type Marked = { reported: number; seen: number; done: number; delays: Percentiles }

const TICK_MS = 5
const STEP = 0.0001

/** Thousands of devices and a few desks in one process. */
export const createDevices = (): DevicesCalls => {
  const clock = createClock()
  const tally = createTally(0, 0)
  const lines: { id: string; line: Line; n: number }[] = []
  const desks: Desk[] = []
  /** By the device that a desk watches: the number of its newest fix there, so that none is counted as lost unseen. */
  const newest = new Map<string, number>()
  const faults = new Map<string, number>()
  const count = { sent: 0, reported: 0, seen: 0, asked: 0, done: 0 }
  let watchers = 0
  let wanted = 0
  let timer: NodeJS.Timeout | undefined

  const fault = (what: string): void => void faults.set(what, (faults.get(what) ?? 0) + 1)
  const connect = (port: number, dialect: Dialect, { id, key }: Key): Promise<void> =>
    new Promise((resolve) => {
      const line = openLine(
        { port, dialect, id, key },
        {
          onJoined: resolve,
          onReported: () => void count.reported++,
          onAnswered: () => {
            count.done++
            next()
          },
          onFault: fault,
          onEnd: () => fault('a device was disconnected'),
        },
      )
      lines.push({ id, line, n: 0 })
    })
  const onFix = (device: string, { t, n }: { t: number; n: number }): void => {
    count.seen++
    tally.late(clock.now() - t)
    if (n <= (newest.get(device) ?? 0)) fault('a fix came again, or late')
    newest.set(device, n)
  }
  const next = (): void => {
    if (count.asked - count.done >= wanted) return
    const { id = '' } = lines[count.asked % lines.length] ?? {}
    desks[count.asked % desks.length]?.command(`b${count.asked++}`, id)
  }
  const fixOf = (place: number, n: number) => {
    const [lat, lon] = [AUSTIN.lat + (place % 200) * 0.001 + n * STEP, AUSTIN.lon + Math.floor(place / 200) * 0.001]
    return { n, t: Math.floor(clock.now()), lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)), speed: 1 }
  }
  const open = async (port: number, dialect: Dialect, keys: readonly Key[]): Promise<void> => {
    for (const key of keys) await connect(port, dialect, key)
  }
  return {
    open: async ({ port, dialect, keys, atOnce }) => {
      await Promise.all(
        Array.from({ length: atOnce }, (_, i) =>
          open(
            port,
            dialect,
            keys.filter((_, place) => place % atOnce === i),
          ),
        ),
      )
    },
    desks: async ({ port, dialect, desks: many, each }) => {
      watchers += each
      const cookie = dialect === 'watchfloor' ? await signIn(`http://127.0.0.1:${port}`, 'desk') : null
      for (let i = 0; i < many; i++) {
        const devices = Array.from({ length: each }, (_, k) => lines[(k * many + i) % lines.length]?.id ?? '')
        await new Promise<void>((resolve) => {
          const onReply = (problem: string | null): void => {
            if (problem !== null) fault(problem)
          }
          const onEnd = (): void => fault('a desk was disconnected')
          desks.push(openDesk({ port, dialect, cookie, devices }, { onWhole: resolve, onFix, onReply, onEnd }))
        })
      }
    },
    report: ({ rate }) => {
      clock.set()
      const [from, before] = [performance.now(), count.sent]
      timer = setInterval(() => {
        const due = before + Math.floor(((performance.now() - from) / 1000) * rate)
        for (; count.sent < due; count.sent++) {
          const place = count.sent % lines.length
          const own = lines[place]
          own?.line.report(fixOf(place, ++own.n))
        }
      }, TICK_MS)
    },
    command: ({ underWay }) => {
      wanted = underWay
      for (let i = 0; i < underWay; i++) next()
    },
    mark: () => {
      const { reported, seen, done } = count
      const marked = { reported, seen, done, delays: tally.percentiles() }
      tally.clearDelays()
      clock.set()
      return marked
    },
    stop: async ({ limitMs }) => {
      clearInterval(timer)
      wanted = 0
      const end = performance.now() + limitMs
      const isQuiet = (): boolean => count.reported >= count.sent && count.done >= count.asked
      while (!isQuiet() && performance.now() < end) await sleep(50)
      if (count.reported < count.sent) fault(`${count.sent - count.reported} reports without an answer`)
      if (count.done < count.asked) fault(`${count.asked - count.done} commands not done`)
      if (watchers > 0 && count.sent > lines.length && count.seen === 0) fault('nobody saw a fix')
      return [...faults].map(([what, times]) => (times > 1 ? `${what} (${times} times)` : what))
    },
  }
}
