import type { Shutdown } from '../wire/device-door.ts'

export type DrainPorts = {
  /** How long the node goes on while `/readyz` says that it is leaving, so that a balancer notices, in milliseconds. */
  graceMs: number
  /** People's clients, and devices. */
  clients: () => number
  /** Takes no new connections from now on. */
  stopListening: () => void
  sendAway: (notice: () => Shutdown) => void
  now: () => number
  /** 0 to 1. */
  random: () => number
  wait: (ms: number) => Promise<unknown>
}

/** How many clients there were when they were asked to leave, how many did, and how many are left to be cut off. */
export type Drained = { clients: number; left: number; cut: number; tookMs: number }

/** Clients move to other nodes at 500 a second: each costs its new node a handshake, and reads of what it missed. */
const EACH_MS = 2
const LONGEST_MS = 10_000
/** For those whose turn is the last: a timer that is late, and the way there. */
const LAST_MS = 1000
const LOOK_MS = 20

/**
 * Empties a node of its clients. Data flows on all the while: each client is told its own moment to move, and stays
 * until then. Without clients there is nothing to wait for.
 */
export const drain = async (ports: DrainPorts): Promise<Drained> => {
  const { now, wait } = ports
  const from = now()
  if (ports.clients() > 0) await wait(ports.graceMs)
  ports.stopListening()
  const clients = ports.clients()
  const spreadMs = Math.min(clients * EACH_MS, LONGEST_MS)
  ports.sendAway(() => ({ kind: 'shutdown', reconnectMs: Math.round(ports.random() * spreadMs) }))
  const end = now() + spreadMs + LAST_MS
  while (ports.clients() > 0 && now() < end) await wait(LOOK_MS)
  const cut = ports.clients()
  return { clients, left: clients - cut, cut, tookMs: Math.round(now() - from) }
}
