import type { KindKey } from '../abuse/kinds.ts'
import { ASKS, guesses } from './asks.ts'
import { largestCalls } from './calls.ts'
import * as connections from './connections.ts'
import { reports } from './devices.ts'
import { loop } from './loops.ts'
import * as messages from './messages.ts'
import type { Scene } from './scene.ts'

/** Begins an abuse; `script` is the path of the dashboard's script. */
type Act = (scene: Scene, script: string) => void

const LOOPS = 8
const MANY = 60

/** Eight loops of one kind from one address. */
const loops =
  (kind: keyof typeof ASKS): Act =>
  (scene, script) => {
    for (let i = 0; i < LOOPS; i++) loop(scene, ASKS[kind](script), 0)
  }

const guessKeys: Act = (scene) => {
  for (let i = 0; i < LOOPS; i++) loop(scene, guesses(), 0)
}

/** All kinds of loops, from eight addresses. */
const everything: Act = (scene, script) => {
  const asks = Object.values(ASKS)
  for (let i = 0; i < 4 * LOOPS; i++) {
    const ask = asks[i % asks.length]
    if (ask) loop(scene, ask(script), i % LOOPS)
  }
}

export const ACTS: Record<KindKey, Act> = {
  nothing: () => {},
  arguments: messages.hundredThousandArguments,
  pipelined: (scene) => connections.pipelined(scene, 1),
  pipelinedMany: (scene) => connections.pipelined(scene, MANY),
  symbols: loops('symbols'),
  candles: loops('candles'),
  tracks: loops('tracks'),
  devices: loops('devices'),
  assets: loops('assets'),
  missing: loops('missing'),
  unchanged: loops('unchanged'),
  everything,
  invalid: messages.invalid,
  cursors: messages.cursors,
  unknown: messages.unknown,
  rewatch: messages.rewatch,
  pings: messages.pings,
  fragments: messages.fragmentFlood,
  events: messages.events,
  reconnects: connections.reconnects,
  handshakes: connections.handshakes,
  renewals: messages.renewals,
  unconnected: connections.unconnected,
  silent: (scene) => connections.silent(scene, 1),
  silentMany: (scene) => connections.silent(scene, MANY),
  slowHeaders: connections.slowHeaders,
  slowBodies: connections.slowBodies,
  slowFrames: connections.slowFrames,
  unread: messages.unread,
  reports: (scene) => void reports(scene),
  guesses: guessKeys,
  calls: (scene) => void largestCalls(scene),
}
