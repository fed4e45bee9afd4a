import type { BenchOptions } from '../bench.ts'
import { type Desk, deskRig } from './desk.ts'
import { type City, mapRig } from './map.ts'
import { type Contender, measureNodes, type ScaleRun } from './nodes.ts'

/** One thing to measure: so many nodes of a kind, and what they are given to do. */
export type Setup = { title: string; nodes: number; contender: Contender } & ({ desk: Desk } | { city: City })

const FLOOR = { clients: 400, symbols: 200, each: 20 }
/** 80,000 deliveries a second in all: the same clients and the same feed, however many nodes there are. */
const DESK: Desk = { floor: FLOOR, published: FLOOR.symbols, tradesPerSecond: 2000 }
const CITY: City = { clients: 200, devices: 5000, fixesPerSecond: 1000 }

const desk = (title: string, desk: Partial<Desk>, nodes = 1, contender: Contender = 'fixed'): Setup => ({
  title,
  nodes,
  contender,
  desk: { ...DESK, ...desk },
})
const city = (title: string, nodes: number): Setup => ({ title, nodes, contender: 'fixed', city: CITY })

/**
 * Trades a second of each symbol while more and more symbols are published: what one Redis can take of 4,000 besides
 * the load.
 */
const PER_SYMBOL = 1
const published = (symbols: number): Setup =>
  desk(`${symbols.toLocaleString('en')} symbols published, 200 of them watched`, {
    floor: { ...FLOOR, clients: 800 },
    published: symbols,
    tradesPerSecond: symbols * PER_SYMBOL,
  })
const clients = (count: number): Setup => desk(`${count} clients`, { floor: { ...FLOOR, clients: count } })

/** 320,000 deliveries a second: where one node is busy enough that a second would be thought of. */
const BUSY = { floor: { ...FLOOR, clients: 1600 } }

/** By the name that figures are taken by. */
export const SETUPS = {
  fixed1: desk('1 node, 50 ms', {}, 1),
  fixed2: desk('2 nodes, 50 ms', {}, 2),
  fixed3: desk('3 nodes, 50 ms', {}, 3),
  default1: desk('1 node', {}, 1, 'watchfloor'),
  default2: desk('2 nodes', {}, 2, 'watchfloor'),
  default3: desk('3 nodes', {}, 3, 'watchfloor'),
  busy1: desk('1 node, 50 ms, 1,600 clients', BUSY, 1),
  busy2: desk('2 nodes, 50 ms, 1,600 clients', BUSY, 2),
  topics200: published(200),
  topics1000: published(1000),
  topics4000: published(4000),
  clients200: clients(200),
  clients800: clients(800),
  few: desk('20 clients, 1 node', { floor: { ...FLOOR, clients: 20 } }, 1, 'watchfloor'),
  idle: desk('400 clients that watch nothing', { floor: { ...FLOOR, each: 0 } }),
  map1: city('1 node, 50 ms', 1),
  map2: city('2 nodes, 50 ms', 2),
} as const satisfies Record<string, Setup>
export type SetupKey = keyof typeof SETUPS
export const SETUP_KEYS = Object.keys(SETUPS) as SetupKey[]

/**
 * Until the code of every node is compiled as well as it will be: of many nodes each has little to do, and takes longer
 * for it.
 */
const WARM_UP_MS = { quick: 6000, full: 12_000 } as const
/** Long: of the same node, a tenth busy, one six seconds differed from the next by a fifth. */
const WINDOW_MS = { quick: 4000, full: 16_000 } as const

/** Runs one of them once. */
export const runSetup = ({ machine, quick }: BenchOptions, setup: Setup): Promise<ScaleRun> => {
  const { nodes, contender } = setup
  const length = quick ? 'quick' : 'full'
  const timing = { warmUpMs: WARM_UP_MS[length], windowMs: WINDOW_MS[length] }
  return measureNodes(machine, { nodes, contender, ...timing }, (stage) =>
    'desk' in setup ? deskRig(stage, nodes, setup.desk) : mapRig(machine, stage, nodes, setup.city),
  )
}
