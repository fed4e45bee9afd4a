import type { Sent } from '../../../wire/commands.ts'
import type { Answer } from '../../../wire/devices.ts'
import { createFixes } from './fixes.ts'
import type { Entry, Manner } from './journal.ts'
import { type DeviceLine, openDeviceLine } from './line.ts'
import type { Device, DeviceOptions } from './options.ts'

/** One in so many commands, acknowledgements and replies is lost on its way. */
const LOST = 10
const TAKES_MS = 800
const AGAIN_MS = 400
/** An answer after its command's deadline comes so much later (ms). */
const LATE_MS = 1500
const AWAY_MS = 1500
/** Of ten commands, so many are treated in the usual manner. */
const MANNERED: readonly Manner[] = [
  ...new Array<Manner>(8).fill('usual'),
  ...(['answers first', 'answers first', 'acknowledges twice', 'acknowledges twice', 'answers late'] as const),
  ...(['silent', 'refuses', 'fails'] as const),
]

/** A command as it was given, with what became of it. */
type Held = Entry & { command: Sent }

/**
 * A device that does what it is asked, in a manner that differs from command to command. It looks at the deadline just
 * before it acts, and writes down that it acts before anything else can happen.
 */
export const openDevice = (options: DeviceOptions): Device => {
  const { id, random } = options
  const entries = new Map<string, Held>()
  const faults: string[] = []
  /** Ends what the life before a restart had planned. */
  let life = 0
  let isClosed = false
  const isLost = (): boolean => random.below(LOST) === 0

  const later = (work: () => unknown, ms: number): void => {
    const own = life
    setTimeout(() => {
      if (own === life && !isClosed) work()
    }, ms)
  }
  const acknowledge = (entry: Held): void => {
    if (!isLost()) void line.ask('answer', { id: entry.command.id, state: 'acknowledged' } satisfies Answer)
  }
  /** Says what became of it until a node has taken that. */
  const sayEnd = async (entry: Held): Promise<void> => {
    if (entry.end === null || entry.heard || entry.manner === 'silent') return
    const reply = await line.ask('answer', entry.end)
    if (reply !== null && !isLost()) {
      const code = (reply as { error?: { code?: string } }).error?.code
      if (code === undefined) entry.heard = true
      else if (code !== 'unavailable' && code !== 'rate_limited') faults.push(`${entry.command.id}: answer ${code}`)
    }
    if (entry.heard) return
    later(() => void sayEnd(entry), AGAIN_MS)
  }
  const end = (entry: Held, answer: Omit<Answer, 'id'>): void => {
    const { id: command, until } = entry.command
    entry.end = { id: command, ...answer }
    if (entry.manner === 'answers late') later(() => void sayEnd(entry), Math.max(0, until - Date.now()) + LATE_MS)
    else void sayEnd(entry)
    if (entry.manner === 'answers first') acknowledge(entry)
  }
  const act = (entry: Held): void => {
    if (entry.end !== null) return
    const now = Date.now()
    if (now > entry.command.until) end(entry, { state: 'failed', reason: 'too late' })
    else if (entry.manner === 'fails') end(entry, { state: 'failed', reason: 'it does not work' })
    else {
      entry.did.push(now)
      end(entry, { state: 'done', answer: 'so it is' })
    }
  }
  const take = (entry: Held): void => {
    entry.taken = true
    const { manner } = entry
    if (manner === 'refuses') {
      end(entry, { state: 'refused', reason: 'not today' })
      return
    }
    if (manner !== 'answers first' && manner !== 'silent') acknowledge(entry)
    if (manner === 'acknowledges twice') acknowledge(entry)
    later(() => act(entry), random.below(TAKES_MS))
  }
  const deliver = (command: Sent): void => {
    const known = entries.get(command.id)
    const manner = MANNERED[random.below(MANNERED.length)] ?? 'usual'
    const { id: own, until } = command
    const fresh: Held = { command, id: own, until, manner, came: [], taken: false, did: [], end: null, heard: false }
    const entry = known ?? fresh
    entries.set(own, entry)
    entry.came.push(Date.now())
    if (JSON.stringify(entry.command) !== JSON.stringify(command)) faults.push(`${command.id} came as something else`)
    if (isLost()) return
    if (!entry.taken) take(entry)
    else if (entry.manner === 'silent') return
    else if (entry.end === null) acknowledge(entry)
    else if (entry.heard) {
      // Whoever asks again does not know it.
      entry.heard = false
      void sayEnd(entry)
    }
  }
  const fixes = createFixes(options, (event, payload) => line.ask(event, payload), isLost)
  const line: DeviceLine = openDeviceLine(options, {
    hello: fixes.send,
    commands: (commands) => {
      for (const command of commands) deliver(command)
    },
    refused: (reason) => {
      // Redis may be away, and many from one address wait for each other.
      if (!/unavailable|rate_limited/.test(reason)) faults.push(`not let in: ${reason}`)
    },
  })
  fixes.next()
  const timer = setInterval(fixes.next, options.everyMs)
  const resume = (): void => {
    for (const entry of entries.values())
      if (entry.end !== null) void sayEnd(entry)
      else if (entry.taken) later(() => act(entry), random.below(TAKES_MS))
  }
  return {
    isOpen: line.isOpen,
    isLocated: () => fixes.count() > fixes.waiting(),
    unsaid: () =>
      [...entries.values()].filter(({ end, heard, manner }) => end !== null && !heard && manner !== 'silent').length,
    restart: () => {
      life++
      line.drop(random.below(AWAY_MS))
      resume()
    },
    journal: () => ({
      id,
      entries: [...entries.values()].map(({ command, ...entry }) => entry),
      faults: [...faults, ...fixes.faults],
    }),
    close: () => {
      isClosed = true
      clearInterval(timer)
      line.close()
    },
  }
}
