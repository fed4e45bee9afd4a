import { signal } from '@preact/signals'
import type { Gap, Hello } from '../../wire/protocol.ts'
import { type Clock, createClock, type Delay } from './clock.ts'
import { createCondition } from './condition.ts'
import type { ConnectionState } from './connection-state.ts'
import { DEAD_HEARTBEATS, type Health, healthOf } from './health.ts'
import { createIncidents } from './incidents.ts'
import { inWords } from './reasons.ts'

/** How socket.io calls a connection that was ended here, in order to make a new one: that was told already. */
const OWN_DOING = 'io client disconnect'

/** The state of the link to the node, for the header and its log. `now` is this browser's clock, `clock` the node's. */
export const createLink = (now: () => number, clock: Clock = createClock()) => {
  const phase = signal<ConnectionState>({ phase: 'connecting' })
  const online = signal(true)
  const health = signal<Health>('connecting')
  const silentFor = signal(0)
  const node = signal<{ name: string; version: string } | null>(null)
  /** Why the connection broke, or could not be made; null once the node has answered. */
  const reason = signal<string | null>(null)
  const delay = signal<Delay | null>(null)
  const gaps = signal(0)
  const { incidents, note } = createIncidents(now)
  const { redisDown, slowed, notice, reset } = createCondition(note)
  let heartbeatMs = 5_000
  let heardAt = now()
  let caughtUp = false

  const tick = (): void => {
    const next = healthOf(phase.value.phase, online.value, now() - heardAt, heartbeatMs, caughtUp)
    if (next === 'silent' && health.value === 'live') note('No signal from the node', true)
    health.value = next
    silentFor.value = now() - heardAt
    delay.value = clock.delay()
  }
  const become = (next: ConnectionState): void => {
    const before = phase.value.phase
    phase.value = next
    if (next.phase === 'live') {
      heardAt = now()
      clock.reset()
    } else if (next.phase === 'waiting' && next.reason !== OWN_DOING) {
      reason.value = inWords(next.reason)
      if (before === 'live') note(`Connection lost: ${reason.value}`, true)
    }
    tick()
  }

  return {
    ...{ phase, online, health, silentFor, node, redisDown, slowed, reason, delay, gaps, incidents, clock },
    now,
    note,
    tick,
    become,
    notice,
    /**
     * A heartbeat that the node sent at `at` (its clock) arrived. One that waited on its way, before a page that slept,
     * says nothing of now; nor do updates, which may have waited as well.
     */
    beat: (at: number): void => {
      clock.stamped(at, now())
      heardAt = Math.max(heardAt, clock.sentAt(at, now()))
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
      note(`${node.value?.name === hello.node ? 'Reconnected' : 'Connected'} to node ${hello.node}`)
      node.value = { name: hello.node, version: hello.version }
      reset()
      clock.stamped(hello.at, now())
      tick()
    },
    gap: ({ topic, from, to, reason }: Gap): void => {
      gaps.value++
      const many = to - from + 1
      const updates = many === 1 ? '1 update' : `${many} updates`
      const what = { epoch: 'Redis started over', lost: `missed ${updates}`, slow: `skipped ${updates}` }[reason]
      note(`${topic}: ${what}, fetched again`)
    },
  }
}
export type Link = ReturnType<typeof createLink>
