import { formatAge } from '../../state/format.ts'
import { useFloor } from '../shared/floor-context.ts'

/** What everyone has to know now: data has stopped, or cannot come. */
export const Banner = () => {
  const { link, hurry } = useFloor()
  const health = link.health.value
  const reason = link.phase.value.phase === 'waiting' && link.phase.value.attempt > 2 ? link.phase.value.reason : null
  if (health === 'live' && link.redisDown.value)
    return (
      <div class="banner" role="alert" data-banner="redis">
        Data has stopped: the node lost its database. What is shown is the last known state; it goes on by itself.
      </div>
    )
  if (health === 'live' && link.slowed.value !== null)
    return (
      <div class="banner" role="status" data-banner="slowed">
        This browser takes less than it watches: everything is right, but brought up to date only every{' '}
        {formatAge(1_000 / link.slowed.value)} until it keeps up.
      </div>
    )
  if (health === 'silent')
    return (
      <div class="banner" role="alert" data-banner="silent">
        Nothing was heard from the node for {formatAge(link.silentFor.value)}, not even a heartbeat. Prices and
        positions may be old.
      </div>
    )
  if (health === 'offline')
    return (
      <div class="banner bad" role="alert" data-banner="offline">
        This device is offline. What is shown is the last known state.
      </div>
    )
  if (health === 'waiting' && reason)
    return (
      <div class="banner bad" role="alert" data-banner="waiting">
        No node can be reached ({reason}). What is shown is the last known state.
        <button type="button" class="button" onClick={hurry}>
          Try now
        </button>
      </div>
    )
  return null
}
