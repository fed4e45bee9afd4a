import type { Tuning } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { isNamed } from './kinds/watched-by.ts'
import { type Roster, takeAll } from './roster.ts'

/** The topics that are watched by name, and what the node has not been told of them yet. */
export const createNamed = (roster: Roster) => {
  const toRelease = new Set<Topic>()
  const toTune = new Set<Topic>()
  const topics = (): Topic[] => roster.topics().filter(isNamed)

  /** Watches a topic, as closely as `tuning` says; one that is watched already is only tuned. */
  const want = (topic: Topic, tuning: Tuning = {}): void => {
    toRelease.delete(topic)
    const known = roster.get(topic)
    if (!known || known.phase === 'refused') {
      roster.add(topic, tuning)
      roster.ask(topic)
    } else if (known.tuning.mode !== tuning.mode || known.tuning.rate !== tuning.rate) {
      known.tuning = tuning
      toTune.add(topic)
    }
  }

  const drop = (topic: Topic): void => {
    if (!roster.has(topic)) return
    roster.forget(topic)
    toTune.delete(topic)
    toRelease.add(topic)
  }

  return {
    topics,
    want,
    drop,
    /** Watches these and no others. */
    wantOnly: (wanted: ReadonlyMap<Topic, Tuning>): void => {
      for (const topic of topics()) if (!wanted.has(topic)) drop(topic)
      for (const [topic, tuning] of wanted) want(topic, tuning)
    },
    /** The topics that are no longer wanted, once: to be sent as `unwatch`. */
    released: (): Topic[] => takeAll(toRelease),
    /** The topics that are to be watched more or less closely than before, once: to be sent as `tune`. */
    retuned: (): ({ topic: Topic } & Tuning)[] =>
      takeAll(toTune)
        .filter((topic) => roster.has(topic) && !roster.isToAsk(topic))
        .map((topic) => ({ topic, ...roster.get(topic)?.tuning })),
    /** The node did not do it: these are to be released, or tuned, once more. */
    undone: (topics: readonly Topic[]): void => {
      for (const topic of topics) (roster.has(topic) ? toTune : toRelease).add(topic)
    },
    /** Every topic is about to be asked for, with its tuning. */
    forgetTuning: (): void => toTune.clear(),
  }
}
export type Named = ReturnType<typeof createNamed>
