import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { createRandom } from '../../simulators/random.ts'
import { askAll, askOrders } from '../support/devices/asking.ts'
import { type Dispatcher, openDispatcher } from '../support/devices/dispatcher.ts'
import { addDevices } from '../support/devices/keys.ts'
import { type Asked, faultsOfDevice, type Known } from '../support/devices/oracle.ts'
import { planCommands } from '../support/devices/plan.ts'
import { startDevices } from '../support/devices/process.ts'
import { compareOrder, countStates, readSettled, type Told } from '../support/devices/reading.ts'
import { followSteps } from '../support/devices/steps.ts'
import { commanded } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import type { TestNode } from '../support/node.ts'
import { signIn } from '../support/talkers/sign-in.ts'
import { tell } from './measured.ts'

/** So many devices on so many nodes are asked for so much, while so many nodes are killed. */
export type CommandOptions = {
  devices: number
  commands: number
  /** Orders to many, and devices of each. */
  orders: number
  ordered: number
  /** Connections that ask: each may ask for a few things a second only. */
  dispatchers: number
  nodes: number
  kills: number
  /** For how long commands are asked for (ms). */
  overMs: number
  /** How often each device tells where it is (ms). */
  everyMs: number
  seed: number
}

/** A test that the others wait for does not take long. */
const SMALL: CommandOptions = {
  devices: 120,
  commands: 700,
  orders: 3,
  ordered: 40,
  dispatchers: 24,
  nodes: 3,
  kills: 1,
  overMs: 6000,
  everyMs: 2000,
  seed: 15,
}
const LARGE = { orders: 10, ordered: 500, dispatchers: 60, kills: 2, overMs: 120_000, everyMs: 10_000 }
const wanted = commanded()
export const SIZE: CommandOptions =
  wanted === null ? SMALL : { ...SMALL, ...LARGE, devices: wanted, commands: wanted * 4, seed: Date.now() % 1_000_000 }

export type CommandStage = { node: (options?: { port?: number; env?: Record<string, string> }) => Promise<TestNode> }

/** Nothing here is about what requests cost, and all devices come from one address. */
const FREE = {
  HTTP_SHARE: '1',
  HTTP_SHARE_PER_ADDRESS: '1',
  CLIENT_SHARE: '1',
  ADDRESS_SHARE: '1000',
  MAX_REQUESTS: '100000',
}
/** One in so many has never reported anything when half of the commands were asked for. */
const ASLEEP = 8
/** One in so many is restarted, each time. */
const RESTARTED = 10
const RESTART_EVERY_MS = 1500
/** Each of these ways to end is to be tried. */
const ENDS = ['done', 'failed', 'refused', 'expired', 'cancelled', 'superseded', 'unknown'] as const
const LONG = { limitMs: 120_000, everyMs: 100 }

/** Kills nodes one after the other, each soon started again: while Redis is away, that takes several times. */
const killNodes = async (stage: CommandStage, nodes: TestNode[], { kills, overMs }: CommandOptions): Promise<void> => {
  for (let i = 0; i < kills; i++) {
    await sleep(overMs / (kills + 2))
    const node = nodes[i % nodes.length] as TestNode
    await node.kill()
    await sleep(500)
    const again = () => stage.node({ port: node.port, env: FREE })
    nodes[i % nodes.length] = await eventually('the node starts again', again, { everyMs: 500 })
  }
}

type Devices = ReturnType<typeof startDevices>
type Steps = ReturnType<typeof followSteps>

/** Restarts some of the devices again and again. */
const restartSome = async ({ ask }: Devices, known: readonly Known[], { overMs, seed }: CommandOptions) => {
  const random = createRandom(seed, 'restarts')
  const end = performance.now() + overMs
  let times = 0
  while (performance.now() < end) {
    await sleep(RESTART_EVERY_MS)
    const some = known.filter(() => random.below(RESTARTED) === 0).map(({ id }) => id)
    await ask('restart', some)
    times += some.length
  }
  return times
}

/** What the floor says is what the devices' own journals say, device by device. */
const compare = async (devices: Devices, known: readonly Known[], asked: readonly Asked[], told: Told) => {
  const journals = new Map((await devices.ask('journals', null, 60_000)).map((journal) => [journal.id, journal]))
  const faults = known.flatMap((one) => {
    const journal = journals.get(one.id)
    const own = asked.filter(({ device }) => device === one.id)
    return journal ? faultsOfDevice(one, own, told.get(one.id) ?? [], journal) : [`${one.id} has no journal`]
  })
  expect(faults).toEqual([])
  return [...journals.values()].flatMap(({ entries }) => entries)
}

/** Nodes, devices that say all of themselves, and dispatchers that watch them. */
const openFloor = async (stage: CommandStage, options: CommandOptions, devices: Devices, steps: Steps) => {
  const nodes: TestNode[] = []
  for (let i = 0; i < options.nodes; i++) nodes.push(await stage.node({ env: FREE }))
  const urls = nodes.map(({ url }) => url)
  const [url = ''] = urls
  const cookie = await signIn(url, 'dispatcher')
  const ids = Array.from({ length: options.devices }, (_, i) => `DEVICE-${i}`)
  const members = await addDevices(url, cookie, ids)
  const known = members.map(({ id, place }): Known => ({ id, place, asleep: place % ASLEEP === ASLEEP - 1 }))
  const ports = nodes.map(({ port }) => port)
  const begin = async (asleep: boolean): Promise<number> => {
    const some = members.filter((_, i) => known[i]?.asleep === asleep)
    await devices.ask('open', { ports, members: some, seed: options.seed, everyMs: options.everyMs })
    return some.length
  }
  const awake = await begin(false)
  const dispatchers = Array.from({ length: options.dispatchers }, (_, first) => {
    const own = ids.filter((_, i) => i % options.dispatchers === first)
    return openDispatcher({ urls, cookie, first, devices: own, steps })
  })
  await eventually('devices are there', async () => (await devices.ask('located', null)) === awake, LONG)
  await eventually('dispatchers are connected', () => dispatchers.every((each) => each.isConnected()))
  return { nodes, url, cookie, known, dispatchers, wake: () => begin(true) }
}
type Floor = Awaited<ReturnType<typeof openFloor>>

/** Asks for everything while devices, nodes and Redis come and go. */
const askThrough = async (
  stage: CommandStage,
  { nodes, known, dispatchers, wake }: Floor,
  options: CommandOptions,
  devices: Devices,
  failOver: () => Promise<void>,
) => {
  const { overMs, seed } = options
  const [first] = dispatchers as [Dispatcher]
  const [asked, orders, restarts] = await Promise.all([
    askAll(planCommands(known, { ...options, random: createRandom(seed, 'plan') }), dispatchers),
    askOrders(options, known, first),
    restartSome(devices, known, options),
    killNodes(stage, nodes, options),
    sleep(overMs * 0.5).then(wake),
    sleep(overMs * 0.7).then(failOver),
  ])
  return { asked: [...asked, ...orders.flatMap((order) => order.asked)], orders, restarts }
}

/** Has devices and dispatchers on several nodes, asks for everything while nodes and Redis fail, and compares. */
export const commandThrough = async (
  stage: CommandStage,
  options: CommandOptions,
  failOver: () => Promise<void>,
): Promise<void> => {
  const devices = startDevices()
  const steps = followSteps()
  const from = performance.now()
  const since = (): number => Math.round((performance.now() - from) / 1000)
  let floor: Floor | null = null
  try {
    floor = await openFloor(stage, options, devices, steps)
    const { url, cookie, known } = floor
    const thereAt = since()
    const { asked, orders, restarts } = await askThrough(stage, floor, options, devices, failOver)
    const askedAt = since()
    await eventually('devices have said all', async () => (await devices.ask('unsaid', null)) === 0, LONG)
    const saidAt = since()
    const told = await readSettled(url, cookie, known)
    const entries = await compare(devices, known, asked, told)
    expect(steps.faults).toEqual([])
    for (const order of orders) await compareOrder(url, cookie, order, told)
    const counts = countStates([...told.values()].flat())
    for (const state of ENDS) expect(counts[state], state).toBeGreaterThan(0)
    const came = entries.reduce((sum, entry) => sum + entry.came.length, 0)
    tell(`${asked.length} commands to ${known.length} devices, restarted ${restarts} times: ${JSON.stringify(counts)}`)
    tell(`commands: ${entries.length} were delivered, ${came} times in all`)
    tell(
      `commands: devices there after ${thereAt} s, all asked ${askedAt}, all said ${saidAt}, all compared ${since()}`,
    )
  } finally {
    for (const each of floor?.dispatchers ?? []) each.close()
    await devices.kill()
  }
}
