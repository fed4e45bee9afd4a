import { signal } from '@preact/signals'
import type { Gap, Hello, Notice } from '../../wire/protocol.ts'
import { createClock, type Delay } from './clock.ts'

/** What the one connection is doing. `retryAt`: when it tries next, on this browser's clock. */
export type ConnectionState =
  | { phase: 'connecting' }
  | { phase: 'live' }
  | { phase: 'waiting'; retryAt: number; attempt: number; reason: string }
  | { phase: 'closed' }

/** How the link to the node is, in one word; `silent`: connected, yet nothing was heard for too long. */
export type Health = 'connecting' | 'live' | 'silent' | 'waiting' | 'offline'
/** One line of what happened to the link. */
export type Incident = { at: number; text: string; grave: boolean; times: number }

const MOST_INCIDENTS = 60
/** How socket.io calls a connection that was ended here: to make it anew, which was told already. */
const OWN_DOING = 'io client disconnect'
/** Nothing heard for this many heartbeats, not even a heartbeat: say so. */
export const SILENT_HEARTBEATS = 2.5
/** Nothing heard for this many: the connection is dead though nobody said so, and is made anew. */
export const DEAD_HEARTBEATS = 3

/**
 * The link's health from what the socket says, when it was last heard, and whether the node has answered yet for what is shown: before
 * that it may be old.
 */
export const healthOf = (
  phase: ConnectionState['phase'],
  online: boolean,
  silentFor: number,
  heartbeatMs: number,
  caughtUp: boolean,
): Health => {
  if (!online) return 'offline'
  if (phase === 'live' && silentFor > heartbeatMs * SILENT_HEARTBEATS) return 'silent'
  if (phase === 'live') return caughtUp ? 'live' : 'connecting'
  return phase === 'connecting' ? 'connecting' : 'waiting'
}

/** The state of the link to the node, for the header and its log. `now` is this browser's clock. */
export const createLink = (now: () => number) => {
  const phase = signal<ConnectionState>({ phase: 'connecting' })
  const online = signal(true)
  const health = signal<Health>('connecting')
  const silentFor = signal(0)
  const node = signal<{ name: string; version: string } | null>(null)
  const redisDown = signal(false)
  /** The node conflates all that it sends here, at so many frames a second, since this browser takes less than it watches; null: it does not. */
  const slowed = signal<number | null>(null)
  /** Why the connection broke, or could not be made; null once the node has answered. */
  const reason = signal<string | null>(null)
  const delay = signal<Delay | null>(null)
  const gaps = signal(0)
  const incidents = signal<readonly Incident[]>([])
  const clock = createClock()
  let heartbeatMs = 5_000
  let heardAt = now()
  let caughtUp = false

  const note = (text: string, grave = false): void => {
    const [newest, ...rest] = incidents.value
    const repeats = newest?.text === text
    const line: Incident = { at: now(), text, grave, times: repeats ? newest.times + 1 : 1 }
    incidents.value = [line, ...(repeats ? rest : incidents.value)].slice(0, MOST_INCIDENTS)
  }

  const tick = (): void => {
    const next = healthOf(phase.value.phase, online.value, now() - heardAt, heartbeatMs, caughtUp)
    if (next === 'silent' && health.value === 'live') note('The node has gone silent', true)
    health.value = next
    silentFor.value = now() - heardAt
    delay.value = clock.delay()
  }

  const become = (next: ConnectionState): void => {
    const before = phase.value.phase
    phase.value = next
    if (next.phase === 'waiting' && next.reason !== OWN_DOING) reason.value = next.reason
    if (next.phase === 'live') {
      heardAt = now()
      clock.reset()
    } else if (next.phase === 'waiting' && before === 'live' && next.reason !== OWN_DOING)
      note(`Connection lost: ${next.reason}`, true)
    tick()
  }

  const notice = (told: Notice): void => {
    if (told.kind === 'shutdown') note('The node is shutting down: moving to another one')
    else if (told.kind === 'slowed') {
      const before = slowed.value
      slowed.value = told.rate
      if (before === null && told.rate !== null) note('This browser cannot keep up: updates come less often', true)
      if (before !== null && told.rate === null) note('This browser keeps up again: every update comes')
    } else if (redisDown.value !== (told.kind === 'redis_down')) {
      redisDown.value = told.kind === 'redis_down'
      note(
        redisDown.value ? 'The node lost Redis: no data for now' : 'Redis is back, and so is the data',
        redisDown.value,
      )
    }
  }

  return {
    phase,
    online,
    health,
    silentFor,
    node,
    redisDown,
    slowed,
    reason,
    delay,
    gaps,
    incidents,
    clock,
    note,
    tick,
    become,
    notice,
    /**
     * A heartbeat that the node sent at `at` (its clock) arrived. One that waited on its way, before a page that slept, says nothing of now;
     * nor do updates, which may have waited as well.
     */
    beat: (at: number): void => {
      clock.stamped(at, now())
      heardAt = Math.max(heardAt, at + clock.offset())
      if (health.value === 'silent') tick()
    },
    /** Whether the node has answered for all that is shown since the connection was made, or the page came back. */
    catchUp: (done: boolean): void => {
      caughtUp = done
      if (done) reason.value = null
      tick()
    },
    /** Whether the connection is to be given up and made anew. */
    dead: (): boolean => phase.value.phase === 'live' && now() - heardAt > heartbeatMs * DEAD_HEARTBEATS,
    hello: (hello: Hello): void => {
      heartbeatMs = hello.heartbeatMs
      if (node.value?.name !== hello.node) note(`Connected to node ${hello.node}`)
      else note(`Connected again to node ${hello.node}`)
      node.value = { name: hello.node, version: hello.version }
      redisDown.value = false
      slowed.value = null
      clock.stamped(hello.at, now())
      tick()
    },
    gap: ({ topic, from, to, reason }: Gap): void => {
      gaps.value++
      const what = reason === 'epoch' ? 'its counter began anew' : `${to - from + 1} missing (${reason})`
      note(`Gap in ${topic}: ${what}; mended`)
    },
  }
}
export type Link = ReturnType<typeof createLink>
