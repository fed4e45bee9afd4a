import { formatAge, NOTHING } from '../../state/format.ts'
import type { Health } from '../../state/health.ts'
import type { Link } from '../../state/link.ts'
import { useFloor } from '../shared/floor-context.ts'
import { usePopover } from '../shared/use-popover.ts'

const seconds = (milliseconds: number): string => `${Math.max(1, Math.ceil(milliseconds / 1_000))} s`

const words = (health: Health, link: Link, now: number, past: boolean): string => {
  const phase = link.phase.value
  if (health === 'live' && link.redisDown.value) return 'No new data'
  if (health === 'silent') return `No signal for ${formatAge(link.silentFor.value)}`
  if (health === 'waiting' && phase.phase === 'waiting') return `Reconnecting in ${seconds(phase.retryAt - now)}`
  if (health === 'connecting' && phase.phase === 'live') return 'Catching up'
  // Nothing of the past may be taken for live.
  if (health === 'live' && past) return 'Connected'
  return { live: 'Live', connecting: 'Connecting', offline: 'Offline', waiting: 'Disconnected', silent: '' }[health]
}

/** What a screen reader is told, once, when it changes. */
const SPOKEN: Record<Health, string> = {
  live: 'Live',
  connecting: 'Connecting',
  silent: 'No signal from the node',
  waiting: 'Disconnected, reconnecting',
  offline: 'Offline',
}

const clockTime = (at: number): string => new Date(at).toLocaleTimeString(undefined, { hour12: false })

const Facts = () => {
  const { link } = useFloor()
  const { delay, clock, node, gaps } = link
  return (
    <dl class="facts">
      <dt>Node</dt>
      <dd>{node.value ? `${node.value.name} · ${node.value.version}` : NOTHING}</dd>
      <dt>Median delay</dt>
      <dd>{delay.value ? formatAge(delay.value.p50) : NOTHING}</dd>
      <dt>99th percentile</dt>
      <dd>{delay.value ? formatAge(delay.value.p99) : NOTHING}</dd>
      <dt>Clock difference to the node</dt>
      <dd>{node.value ? `${Math.round(clock.offset())} ms`.replace('-', '−') : NOTHING}</dd>
      <dt>Gaps filled</dt>
      <dd>{gaps.value}</dd>
    </dl>
  )
}

const Incidents = () => {
  const { incidents } = useFloor().link
  return (
    <ul class="incidents">
      {incidents.value.map(({ at, text, grave, times }) => (
        <li key={`${at}${text}`}>
          <time>{clockTime(at)}</time>
          <span class={grave ? 'grave' : ''}>
            {text}
            {times > 1 && ` (${times} times)`}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The link to the node in one lamp and a few words; a click tells the rest. */
export const LinkBadge = () => {
  const { link, hurry, past } = useFloor()
  const { open, root, toggle } = usePopover()
  const health = link.health.value
  const stopped = health === 'live' && link.redisDown.value
  void link.silentFor.value

  return (
    <div class="link" ref={root}>
      <button
        type="button"
        data-state={stopped ? 'stopped' : health}
        data-node={link.node.value?.name}
        aria-expanded={open.value}
        onClick={toggle}
      >
        <span class="lamp" aria-hidden="true" />
        <span>{words(health, link, link.now(), past !== null)}</span>
        {health === 'live' && !stopped && <span class="node">{link.node.value?.name}</span>}
      </button>
      <span class="unseen" role="status">
        {health === 'live' && past !== null ? 'Connected' : SPOKEN[health]}
      </span>
      {open.value && (
        <div class="popover">
          <h2>Connection</h2>
          <Facts />
          {health === 'waiting' && (
            <p>
              <button type="button" class="button" onClick={hurry}>
                Try now
              </button>
            </p>
          )}
          <h2>Recent changes</h2>
          <Incidents />
        </div>
      )}
    </div>
  )
}
