import type { Cluster, Redis } from 'ioredis'
import { type Topic, topicId } from '../../../wire/topics.ts'
import type { Archive } from '../../archive.ts'
import { type Compared, compareFixes, compareMinutes } from './compare.ts'
import { createHeld, type Held, topicsOf } from './redis.ts'

export type VerifyPorts = {
  archive: Pick<Archive, 'edge' | 'minutes' | 'track'>
  redis: Redis | Cluster
  say: (line: string) => void
  now: () => number
  sleep: (ms: number) => Promise<unknown>
  signal: AbortSignal
}

const WORDS = { s: { topics: 'symbols', rows: 'minutes' }, d: { topics: 'devices', rows: 'fixes' } } as const
type Kind = keyof typeof WORDS

/** Differences that are shown of each kind. */
const SHOWN = 10
/** Topics of which differences are remembered; and how long the archive is given to have what it had not yet (ms). */
const MOST_REMEMBERED = 10_000
const PATIENCE = 90_000
const LOOK_EVERY = 2000

const compareTopic = async (
  kind: Kind,
  topic: Topic,
  held: Held,
  archive: VerifyPorts['archive'],
  edge: number,
): Promise<Compared> =>
  kind === 's'
    ? compareMinutes(archive, topicId(topic), await held.minutes(topic), edge)
    : compareFixes(archive, topicId(topic), await held.fixes(topic), edge)

/** Waits until the archive has all that Redis had at `moment`, or patience ends. */
const untilEdge = async (moment: number, { archive, now, sleep, signal }: VerifyPorts): Promise<void> => {
  const until = now() + PATIENCE
  while (now() < until && !signal.aborted && ((await archive.edge()) ?? 0) < moment) await sleep(LOOK_EVERY)
}

/** Compares all topics of a kind; what differs at first is looked at again once the archive had time to have it. */
const verifyKind = async (kind: Kind, edge: number, ports: VerifyPorts): Promise<boolean> => {
  const { archive, redis, say, now, signal } = ports
  const held = createHeld(redis)
  const doubtful: Topic[] = []
  let [topics, rows, differing] = [0, 0, 0]
  for await (const some of topicsOf(redis, kind))
    for (const topic of some) {
      if (signal.aborted) return false
      const compared = await compareTopic(kind, topic, held, archive, edge)
      topics++
      rows += compared.rows
      if (compared.differences.length > 0 && doubtful.length < MOST_REMEMBERED) doubtful.push(topic)
    }
  // Trades and fixes that came late change what was archived before.
  if (doubtful.length > 0) await untilEdge(now(), ports)
  const shown: string[] = []
  for (const topic of doubtful) {
    const { differences } = await compareTopic(kind, topic, held, archive, edge)
    differing += differences.length
    shown.push(...differences.slice(0, SHOWN - shown.length))
  }
  const words = WORDS[kind]
  const found = differing === 0 ? 'all there' : `${differing.toLocaleString('en')} missing or different`
  say(`${topics.toLocaleString('en')} ${words.topics}, ${rows.toLocaleString('en')} ${words.rows}: ${found}.`)
  for (const line of shown) say(`  ${line}`)
  if (differing > shown.length) say(`  and ${(differing - shown.length).toLocaleString('en')} more`)
  return differing === 0
}

/** Compares the archive with what Redis still holds of the time before its edge; false where anything is missing. */
export const verify = async (ports: VerifyPorts): Promise<boolean> => {
  const edge = await ports.archive.edge()
  if (edge === null) {
    ports.say('Nothing is archived of a floor yet: start a node with this ARCHIVE_URL.')
    return false
  }
  ports.say(`All up to ${new Date(edge).toISOString()} must be there, which is as far as the archive goes.`)
  const symbols = await verifyKind('s', edge, ports)
  const devices = await verifyKind('d', edge, ports)
  return symbols && devices && !ports.signal.aborted
}
