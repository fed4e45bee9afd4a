import type { Queue } from './queue.ts'

/**
 * Drops the `count` items that came first and are not on their way; `onDrop` hears of each queue that lost some.
 * Returns how many went: fewer where the rest is on its way.
 */
export const dropOldest = (queues: readonly Queue[], count: number, onDrop: (queue: Queue) => void): number => {
  const order = Float64Array.from(queues.flatMap((queue) => queue.order.slice(queue.sent))).sort()
  const last = order[Math.min(count, order.length) - 1] ?? -1
  let dropped = 0
  for (const queue of queues) {
    const { sent } = queue
    let end = sent
    while (end < queue.order.length && (queue.order[end] ?? 0) <= last) end++
    if (end === sent) continue
    queue.items.splice(sent, end - sent)
    queue.order.splice(sent, end - sent)
    dropped += end - sent
    onDrop(queue)
  }
  return dropped
}
