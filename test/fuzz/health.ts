import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytes } from '../bench/machine.ts'
import { scrape } from '../support/metrics.ts'
import type { FuzzStage } from './stage.ts'

const LOOKS = 4
const EVERY_MS = 700

/**
 * Resident memory of the nodes in MB, its garbage collected; the least of some looks. Null where the system does not
 * tell.
 */
export const restedMemory = async (stage: FuzzStage): Promise<number | null> => {
  let least: number | null = null
  for (let i = 0; i < LOOKS; i++) {
    const pids = [stage.node().pid, stage.closed().pid]
    if (stage.isAlive()) for (const pid of pids) process.kill(pid, 'SIGUSR2')
    await sleep(EVERY_MS)
    const [one, other] = pids.map(residentBytes)
    const bytes = one && other ? one + other : null
    if (bytes !== null) least = Math.min(least ?? Number.POSITIVE_INFINITY, bytes / 2 ** 20)
  }
  return least
}

/** What a node writes of a fault that only its last net caught. */
const UNCAUGHT = /"at":"process"|uncaught|unhandled|nobody handled/i

/** Lines of the node's log that tell of what nothing caught. */
export const uncaughtLines = (output: string): string[] => output.split('\n').filter((line) => UNCAUGHT.test(line))

/** What the log says of the first fault that was contained at a place; empty where it says nothing. */
const reasonAt = (output: string, place: string): string => {
  const line = output.split('\n').find((each) => each.includes('was contained') && each.includes(`"at":"${place}"`))
  return (
    /"stack":"((?:[^"\\]|\\.)*)"/
      .exec(line ?? '')?.[1]
      ?.split('\\n')
      .slice(0, 3)
      .join(' ') ?? ''
  )
}

/**
 * How many faults the node has contained, by where and, in the words of its log, why; none where it does not count
 * them.
 */
export const containedFaults = async (url: string, output: string): Promise<Map<string, number>> => {
  const { samples } = await scrape(url)
  const faults = samples.filter(({ name }) => name === 'watchfloor_faults_total')
  return new Map(
    faults.map(({ labels, value }) => {
      const place = Object.values(labels).join(' ')
      return [`${place} ${reasonAt(output, place)}`.trim(), value]
    }),
  )
}
