import type { Topic } from '../../wire/topics.ts'
import type { Ahead, PastKind } from './past-kind.ts'

/** A kind, and what was read ahead of it; null where that is to be read. */
export type Track = { kind: PastKind; ahead: Ahead | null }

/**
 * What a clock tells from one jump to the next: its epoch, up to where all is told (a bound), and the number of the last
 * update of each topic that was read. A jump throws all of it away, so that nothing of before can be told after it.
 */
export type Life = {
  epoch: string
  told: number
  seqs: Map<Topic, number>
  tracks: Map<string, Track>
}

export type MakeKinds = () => Record<string, PastKind>

export const beginLife = (epoch: string, told: number, makeKinds: MakeKinds): Life => ({
  epoch,
  told,
  seqs: new Map(),
  tracks: new Map(Object.entries(makeKinds()).map(([letter, kind]) => [letter, { kind, ahead: null }])),
})

export const trackOf = (life: Life, topic: Topic): Track | undefined => life.tracks.get(topic[0] ?? '')
