import type { Topic } from '../../wire/topics.ts'
import { asBytes, toBytes } from '../live/bytes.ts'
import type { Work } from '../pieces.ts'
import type { Life, Track } from './life.ts'
import type { Tell } from './past-kind.ts'

export type TellingPorts = {
  /** Whether the clock is still in this life. */
  isNow: (life: Life) => boolean
  work: Work
  /** An update of a topic, as text. */
  hear: (topic: Topic, text: string) => void
  anew: Tell['anew']
}

/** Waits for all, and rejects where one of them did: nothing of it is still under way then. */
const allOf = async <T>(work: readonly Promise<T>[]): Promise<T[]> => {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/** What is told in one piece of work. */
const ROWS_AT_ONCE = 100

/** Tells the next stretch of a life, as far as it is read. Returns its end. */
export const createTelling = ({ isNow, work, hear, anew }: TellingPorts) => {
  const tellOf = (own: Life, at: number): Tell => ({
    update: (topic, body) => {
      const seq = own.seqs.get(topic)
      if (seq === undefined) return
      own.seqs.set(topic, seq + 1)
      const head = `{"topic":"${asBytes(topic)}","epoch":"${own.epoch}","seq":${seq + 1},"at":${at},`
      hear(topic, head + toBytes(body).slice(1))
    },
    anew: (topic) => {
      own.seqs.delete(topic)
      anew(topic)
    },
  })

  return async (own: Life, to: number, horizon: number): Promise<number> => {
    const tracks = [...own.tracks.values()]
    const read = async (track: Track): Promise<number> => {
      if (track.ahead === null || track.ahead.to <= own.told) track.ahead = await track.kind.ahead(own.told, horizon)
      return track.ahead.to
    }
    const end = Math.min(to, ...(await allOf(tracks.map(read))))
    const tell = tellOf(own, end - 1)
    for (const { ahead } of tracks)
      for (let more = true; more && isNow(own); )
        more = await work(() => isNow(own) && (ahead?.tell(end, ROWS_AT_ONCE, tell) ?? false))
    return end
  }
}
