import { setTimeout as sleep } from 'node:timers/promises'
import type { Marked } from '../load/load.ts'
import type { Percentiles } from '../load/tally.ts'
import { busySeconds, cpuSeconds, residentBytes } from '../machine.ts'
import type { Bystander } from './bystander.ts'

/** Whom a phase looks at, by process. */
export type Watched = { server: number; abuser: number; redis: number; around: number[] }

/** What was seen in a stretch of time. */
export type Phase = {
  delays: Percentiles
  health: { p50: number; p99: number }
  /** Shares of a core: the node, Redis, the abuser, programs that are not of the bench. */
  cores: Record<'server' | 'redis' | 'abuser' | 'others', number>
  /** The node's share in the later half. */
  laterServer: number
  /** Resident memory of the node in MB: the most, and in the end. */
  peakMb: number
  endMb: number
}

const LOOK_MS = 100
const MB = 2 ** 20

const used = ({ server, abuser, redis, around }: Watched) => {
  const cpu = (pid: number): number => cpuSeconds(pid) ?? 0
  const own = cpu(process.pid) + around.reduce((sum, pid) => sum + cpu(pid), 0)
  return {
    at: performance.now(),
    server: cpu(server),
    abuser: cpu(abuser),
    redis: cpu(redis),
    own,
    all: busySeconds() ?? 0,
  }
}

/** Looks on for so long, or until `gone`. */
export const watchPhase = async (
  ms: number,
  watched: Watched,
  bystander: Bystander,
  mark: () => Promise<Pick<Marked, 'delays' | 'silentMs'>>,
  gone: () => boolean,
): Promise<Phase> => {
  await mark()
  bystander.look()
  const from = used(watched)
  let middle = from
  let peak = 0
  let last = 0
  const end = from.at + ms
  while (performance.now() < end && !gone()) {
    await sleep(LOOK_MS)
    if (middle === from && performance.now() > end - ms / 2) middle = used(watched)
    last = residentBytes(watched.server) ?? last
    peak = Math.max(peak, last)
  }
  const to = used(watched)
  const { delays, silentMs } = await mark()
  // Less than before is that of a process that is gone.
  const share = (key: 'server' | 'redis' | 'abuser' | 'own' | 'all', since = from): number =>
    (Math.max(0, to[key] - since[key]) * 1000) / (to.at - since.at)
  const [server, redis, abuser] = [share('server'), share('redis'), share('abuser')]
  const others = Math.max(0, share('all') - server - redis - abuser - share('own'))
  const cores = { server, redis, abuser, others }
  // What has not come yet is late, too: at least by as long as nothing came.
  const p99 = Math.max(delays.p99, silentMs)
  return {
    delays: { ...delays, p99 },
    health: bystander.look(),
    cores,
    laterServer: share('server', middle),
    peakMb: peak / MB,
    endMb: last / MB,
  }
}
