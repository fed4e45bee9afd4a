import { type Commands, primariesOf } from './deployment.ts'

/** What may become of a trade, quote or fix that a feed sends, in the order in which the function library tells it. */
export const FATES = ['accepted', 'repeat', 'old', 'refused'] as const
export type Counts = Record<(typeof FATES)[number], number>

/**
 * What became of all items that feeds sent since each primary got the library; primaries that do not answer are left
 * out.
 */
export const readCounts = async (redis: Commands): Promise<Counts> => {
  const replies = await Promise.allSettled(
    primariesOf(redis).map((primary) => primary.call('FCALL_RO', 'wf1_counts', 0)),
  )
  const told = replies.flatMap((reply) => (reply.status === 'fulfilled' ? [reply.value as number[]] : []))
  const sum = (index: number): number => told.reduce((all, counts) => all + (counts[index] ?? 0), 0)
  return Object.fromEntries(FATES.map((fate, index) => [fate, sum(index)])) as Counts
}
