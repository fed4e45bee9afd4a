import { setTimeout as sleep } from 'node:timers/promises'
import { type Floor, serviceOf } from './floor.ts'
import type { Watcher } from './watcher.ts'

/** How long no more data may have come until a fault is over, and then some, so that all that it cost is in the figure. */
const CALM_MS = 5000

/** Does it, and returns how long the symbol that waited longest stood still. */
const measure = async (watcher: Watcher, act: () => Promise<unknown>): Promise<number> => {
  await watcher.live()
  const from = performance.now()
  await act()
  await sleep(CALM_MS)
  await watcher.live()
  return watcher.stoodSince(from)
}

const ROLE = ['redis-cli', 'role']
const isPrimary = async (floor: Floor, service: string): Promise<boolean> =>
  (await floor.compose('exec', '-T', service, ...ROLE)).startsWith('master')

const primaryOf = async (floor: Floor): Promise<string> => {
  if (floor.profile === 'single') return 'redis'
  const prefix = floor.profile === 'sentinel' ? 'redis' : 'cluster'
  for (const i of [1, 2, 3, 4, 5, 6]) {
    const service = `${prefix}-${i}`
    if ((floor.profile === 'cluster' || i <= 3) && (await isPrimary(floor, service))) return service
  }
  throw new Error('no primary')
}

/** A server with replicas is killed and stays away until another has its place; a single one is started by the engine. */
const losePrimary = async (floor: Floor, watcher: Watcher): Promise<number> => {
  const primary = await primaryOf(floor)
  if (floor.profile === 'single') return measure(watcher, () => floor.crash(primary))
  const stood = await measure(watcher, () => floor.compose('kill', primary))
  await floor.compose('start', primary)
  await floor.healthy(primary)
  return stood
}

export type Killed = { what: string; stoodMs: number }

export const killEach = async (floor: Floor, watcher: Watcher): Promise<Killed[]> => {
  const node = serviceOf(floor.profile, 'node-2')
  const nodeMs = await measure(watcher, () => floor.crash(node))
  await floor.healthy(node)
  const primaryMs = await losePrimary(floor, watcher)
  const balancerMs = await measure(watcher, () => floor.crash('balancer'))
  await floor.healthy('balancer')
  return [
    { what: 'a node', stoodMs: nodeMs },
    { what: 'the primary', stoodMs: primaryMs },
    { what: 'the balancer', stoodMs: balancerMs },
  ]
}

/** Stops the node that has the client, and returns how long that took and how long data stood still. */
export const drain = async (floor: Floor, watcher: Watcher): Promise<{ tookMs: number; stoodMs: number }> => {
  await watcher.live()
  const from = performance.now()
  let tookMs = 0
  for (const name of ['node-1', 'node-2', 'node-3']) {
    const service = serviceOf(floor.profile, name)
    const began = performance.now()
    await floor.compose('stop', service)
    tookMs = Math.max(tookMs, performance.now() - began)
    const code = await floor.inspect(service, '{{.State.ExitCode}}')
    if (code !== '0') throw new Error(`${service} did not drain: exit code ${code}`)
    await floor.compose('start', service)
    await floor.healthy(service)
    await watcher.live()
  }
  return { tookMs, stoodMs: watcher.stoodSince(from) }
}
