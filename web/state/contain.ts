import type { Topic } from '../../wire/topics.ts'
import { askAgain, type Watch } from './watch.ts'

export type ContainPorts = {
  report: (error: unknown) => void
  /** The topic has to be asked for. */
  ask: (topic: Topic) => void
  /** It could not be taken in several times in a row. */
  giveUp: (watch: Watch) => void
}

/** Times in a row. */
const MOST_FAULTS = 3

/**
 * Takes in what comes for a topic (`take` returns whether it has to be asked for again). Data that cannot be taken in
 * costs that topic only: nothing that we have of it is sure any more, and it is asked for in full. If that fails
 * too, it is left alone.
 */
export const createContain = ({ report, ask, giveUp }: ContainPorts) => {
  const faults = new Map<Topic, number>()

  const startOver = (watch: Watch): void => {
    const { topic } = watch
    const count = (faults.get(topic) ?? 0) + 1
    faults.set(topic, count)
    watch.cursor = null
    watch.waiting = []
    askAgain(watch)
    if (count < MOST_FAULTS) ask(topic)
    else {
      faults.delete(topic)
      giveUp(watch)
    }
  }

  return {
    take: (watch: Watch, take: () => boolean): void => {
      try {
        if (take()) ask(watch.topic)
        else if (faults.size > 0 && watch.phase === 'live') faults.delete(watch.topic)
      } catch (error) {
        report(error)
        startOver(watch)
      }
    },
    forget: (topic: Topic): void => void faults.delete(topic),
  }
}
