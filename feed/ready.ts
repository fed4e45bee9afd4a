import { beginSending, finishSending, isEmpty, type Queue } from './queue.ts'

/** Which queues can be sent now, which are on their way, and which failed when they were sent last. */
export type Ready = {
  /** Something was put into a queue: it is sent after those that wait longer. */
  add: (queue: Queue) => void
  /** Nothing waits in the queue any more. */
  remove: (queue: Queue) => void
  /** The queues to send now, longest waiting first, each once until `finish`, or `fail` and `retry`. */
  take: (mostQueues: number, mostItems: number) => Queue[]
  /** Returns how many items left the queue. */
  finish: (queue: Queue) => number
  /** Holds a queue back until `retry`: others, whose data may live on another server, go on. */
  fail: (queue: Queue) => void
  /** Lets all that failed be taken again. */
  retry: () => void
  /** Queues that failed when they were sent last. */
  failing: () => number
  /** Nothing can be sent and nothing is under way. */
  idle: () => boolean
}

export const createReady = (): Ready => {
  const ready = new Set<Queue>()
  const failed = new Set<Queue>()
  /** Those of the failed that are held back. They count as busy. */
  const held = new Set<Queue>()
  let busy = 0
  const add = (queue: Queue) => {
    if (!queue.busy && !isEmpty(queue)) ready.add(queue)
  }
  const release = (queue: Queue) => {
    busy--
    queue.busy = false
    add(queue)
  }
  return {
    add,
    remove: (queue) => ready.delete(queue),
    take: (mostQueues, mostItems) => {
      const taken: Queue[] = []
      let items = 0
      for (const queue of ready) {
        if (taken.length === mostQueues || items >= mostItems) break
        ready.delete(queue)
        items += beginSending(queue)
        taken.push(queue)
      }
      busy += taken.length
      return taken
    },
    finish: (queue) => {
      const gone = finishSending(queue)
      failed.delete(queue)
      release(queue)
      return gone
    },
    fail: (queue) => {
      failed.add(queue)
      held.add(queue)
    },
    retry: () => {
      for (const queue of held) release(queue)
      held.clear()
    },
    failing: () => failed.size,
    idle: () => ready.size === 0 && busy === 0,
  }
}
