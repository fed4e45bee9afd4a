import type { Link } from './link.ts'

/**
 * What everyone has to know now. `old`: what is shown may be out of date. `grave`: it may stay so for long. `retry`: a
 * person can have it tried again at once.
 */
export type Trouble = { kind: TroubleKind; text: string; old: boolean; grave: boolean; retry: boolean }
export type TroubleKind = 'redis' | 'slowed' | 'silent' | 'offline' | 'waiting'

/** A connection that breaks and comes back sooner, in milliseconds, is told by the lamp alone. */
const SHORT = 4_000

const trouble = (kind: TroubleKind, text: string, more: Partial<Trouble> = {}): Trouble => ({
  kind,
  text,
  old: true,
  grave: false,
  retry: false,
  ...more,
})

/**
 * The one thing to tell of the link; null while all is well. The texts hold no counters, so that each is read out once.
 */
export const troubleOf = ({
  health,
  redisDown,
  slowed,
  silentFor,
  reason,
}: Pick<Link, 'health' | 'redisDown' | 'slowed' | 'silentFor' | 'reason'>): Trouble | null => {
  const state = health.value
  if (state === 'offline')
    return trouble('offline', 'You are offline. What you see is the last known state.', { grave: true })
  if (state === 'silent')
    return trouble(
      'silent',
      'No signal from the node. Prices and positions may be out of date. If this lasts, the page reconnects by itself.',
    )
  if (state !== 'live') {
    if (silentFor.value < SHORT) return null
    const why = reason.value === null ? '' : ` (${reason.value})`
    const text = `Can’t reach a node${why}. What you see is the last known state.`
    return trouble('waiting', text, { grave: true, retry: state === 'waiting' })
  }
  if (redisDown.value)
    return trouble(
      'redis',
      'No new data: the node lost its connection to Redis. What you see is the last known state. It updates by itself.',
    )
  if (slowed.value === null) return null
  const text = 'This browser can’t keep up: updates come less often, the data is right.'
  return trouble('slowed', text, { old: false })
}
