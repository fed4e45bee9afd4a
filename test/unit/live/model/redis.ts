import { emptySnapshot } from '../../../../server/kinds/kinds.ts'
import { asBytes, toBytes } from '../../../../server/live/bytes.ts'
import type { ReadResult } from '../../../../server/live/ports.ts'
import type { Cursor, Snapshot, UpdateBody } from '../../../../wire/protocol.ts'
import { type Topic, topicKind } from '../../../../wire/topics.ts'
import { fold, type State, stateOf } from '../../../support/readers/state.ts'

/** A topic in Redis, at one moment. `life`: of the process that gave the epoch. */
type Stored = Cursor & { life: number; state: State; log: readonly Logged[] }
type Logged = { epoch: string; seq: number; text: string }

const nothing = (topic: Topic): State => stateOf(topic, JSON.parse(emptySnapshot(topic)) as Snapshot)

const snapshotOf = (topic: Topic, state: State): string =>
  toBytes(topicKind(topic) === 'c' ? { fixes: Object.values(state) } : state)

/** What a replay adds or changes, as the function library writes it. */
const following = (text: string, seq: number, after: number): string =>
  seq === after + 1 ? text : text.replace(`"seq":${seq}`, `"seq":${seq},"after":${after}`)

/**
 * A twin of Redis with its function library (server/redis/library): many topics, each with a capped log that leaves
 * quotes out, and every state that ever was. It can forget as a server does that restarts from an older file.
 */
export const createRedis = (logged: number, publish: (topic: Topic, text: string) => void) => {
  const topics = new Map<Topic, Stored>()
  const versions = new Map<Topic, Stored[]>()
  const states = new Map<string, State>()
  let life = 1
  let epochs = 0
  let published = 0

  const store = (topic: Topic, next: Stored): void => {
    topics.set(topic, next)
    versions.set(topic, [...(versions.get(topic) ?? []), next])
    states.set(`${topic}/${next.epoch}/${next.seq}`, next.state)
  }

  const missed = (topic: Topic, { epoch, seq, state, log }: Stored, from: number): string[] | null => {
    const entries = log.filter((entry) => entry.seq > from)
    if (log.length >= logged && (log[0]?.seq ?? 0) > from + 1) return null
    if (entries.some((entry) => entry.epoch !== epoch)) return null
    let reached = from
    const texts = entries.map((entry) => {
      const text = following(entry.text, entry.seq, reached)
      reached = entry.seq
      return text
    })
    const skipped = entries.length < reached - from
    if (topicKind(topic) === 'd') return reached === seq && !skipped ? texts : null
    const { quote } = state as { quote?: object | null }
    const final = texts.at(-1)
    if (reached < seq) {
      if (!quote) return null
      const text = `{"topic":"${asBytes(topic)}","epoch":"${epoch}","seq":${seq},"at":1,"quote":${JSON.stringify(quote)}}`
      return [...texts, following(text, seq, reached)]
    }
    if (skipped && quote && final && !final.includes('"quote":'))
      texts[texts.length - 1] = `${final.slice(0, -1)},"quote":${JSON.stringify(quote)}}`
    return texts
  }

  return {
    /** How many updates there were. */
    published: (): number => published,
    publish: (topic: Topic, body: UpdateBody): void => {
      published++
      const before = topics.get(topic) ?? { epoch: '', seq: 0, life: 0, state: nothing(topic), log: [] }
      const epoch = before.life === life ? before.epoch : `e${++epochs}`
      const seq = before.seq + 1
      const text = toBytes({ topic, epoch, seq, at: 1, ...body })
      const keeps = topicKind(topic) === 'd' || body.trades !== undefined
      const log = keeps ? [...before.log, { epoch, seq, text }].slice(-logged) : before.log
      if (epoch !== before.epoch) states.set(`${topic}/${epoch}/${before.seq}`, before.state)
      store(topic, { epoch, seq, life, state: fold(topic, before.state, body), log })
      publish(topic, text)
    },
    /** A symbol is described: it exists then, and a new life of its counter begins, though nothing is published. */
    describe: (topic: Topic): void => {
      const before = topics.get(topic) ?? { epoch: '', seq: 0, life: 0, state: nothing(topic), log: [] }
      if (before.life !== life) store(topic, { ...before, life, epoch: `e${++epochs}` })
    },
    read: (topic: Topic, after: Cursor | null): ReadResult => {
      const stored = topics.get(topic)
      if (!stored && topicKind(topic) !== 'c') return { kind: 'missing' }
      const { epoch, seq, state } = stored ?? { epoch: '', seq: 0, state: {} }
      const head = { at: '1', cursor: { epoch, seq } }
      if (after?.epoch === epoch && after.seq === seq) return { kind: 'current', ...head }
      const updates =
        stored && after?.epoch === epoch && after.seq >= 0 && after.seq < seq && topicKind(topic) !== 'c'
          ? missed(topic, stored, after.seq)
          : null
      if (updates) return { kind: 'replay', ...head, updates }
      return { kind: 'snapshot', ...head, snapshot: snapshotOf(topic, state) }
    },
    /** A new life that begins with what was stored so many updates of each topic ago. */
    restart: (forgotten: number): void => {
      life++
      for (const [topic, before] of versions) {
        before.splice(Math.max(before.length - forgotten, 0))
        const last = before.at(-1)
        if (last) topics.set(topic, last)
        else topics.delete(topic)
      }
    },
    empty: (): void => {
      topics.clear()
      versions.clear()
    },
    /** Where a topic stands; null where there is none. */
    cursor: (topic: Topic): Cursor | null => {
      const stored = topics.get(topic)
      return stored ? { epoch: stored.epoch, seq: stored.seq } : null
    },
    /** Whether a cursor that it was at once is none of its any more: it went back, or all was forgotten. */
    forgot: (topic: Topic, { epoch, seq }: Cursor): boolean =>
      !versions.get(topic)?.some((version) => version.epoch === epoch && version.seq === seq),
    /** Whether its next update begins a new life of its counter. */
    isOfOldLife: (topic: Topic): boolean => (topics.get(topic)?.life ?? life) !== life,
    state: (topic: Topic): State => topics.get(topic)?.state ?? nothing(topic),
    /** What the state was at a cursor; undefined where there was never such a cursor. */
    stateAt: (topic: Topic, { epoch, seq }: Cursor): State | undefined =>
      epoch === '' && seq === 0 ? nothing(topic) : states.get(`${topic}/${epoch}/${seq}`),
  }
}
export type Redis = ReturnType<typeof createRedis>
