import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { formatAge, NOTHING } from '../../state/format.ts'
import type { Health, Link } from '../../state/link.ts'
import { useFloor } from '../shared/floor-context.ts'

const seconds = (milliseconds: number): string => `${Math.max(1, Math.ceil(milliseconds / 1_000))} s`

const words = (health: Health, link: Link, now: number): string => {
  const phase = link.phase.value
  if (health === 'live' && link.redisDown.value) return 'Data has stopped'
  if (health === 'silent') return `Nothing heard for ${formatAge(link.silentFor.value)}`
  if (health === 'waiting' && phase.phase === 'waiting') return `Reconnecting in ${seconds(phase.retryAt - now)}`
  if (health === 'connecting' && phase.phase === 'live') return 'Catching up'
  return { live: 'Live', connecting: 'Connecting', offline: 'Offline', waiting: 'Disconnected', silent: '' }[health]
}

/** What a screen reader is told, once, when it changes. */
const SPOKEN: Record<Health, string> = {
  live: 'Live',
  connecting: 'Connecting',
  silent: 'The node has gone silent',
  waiting: 'Disconnected, trying again',
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
      <dt>Delay, median</dt>
      <dd>{delay.value ? formatAge(delay.value.p50) : NOTHING}</dd>
      <dt>99 of 100 below</dt>
      <dd>{delay.value ? formatAge(delay.value.p99) : NOTHING}</dd>
      <dt>This clock against the node's</dt>
      <dd>{node.value ? `${Math.round(clock.offset())} ms` : NOTHING}</dd>
      <dt>Gaps found and filled</dt>
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
  const { link, now, hurry } = useFloor()
  const open = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  const health = link.health.value
  const stopped = health === 'live' && link.redisDown.value
  void link.silentFor.value

  useEffect(() => {
    const close = (event: Event) => {
      const outside = event.target instanceof Node && !root.current?.contains(event.target)
      if (outside || (event instanceof KeyboardEvent && event.key === 'Escape')) open.value = false
    }
    addEventListener('pointerdown', close)
    addEventListener('keydown', close)
    return () => {
      removeEventListener('pointerdown', close)
      removeEventListener('keydown', close)
    }
  }, [open])

  return (
    <div class="link" ref={root}>
      <button
        type="button"
        data-state={stopped ? 'stopped' : health}
        data-node={link.node.value?.name}
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        <span class="lamp" aria-hidden="true" />
        <span>{words(health, link, now())}</span>
        {health === 'live' && !stopped && <span class="node">{link.node.value?.name}</span>}
      </button>
      <span class="unseen" role="status">
        {SPOKEN[health]}
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
          <h2>What happened</h2>
          <Incidents />
        </div>
      )}
    </div>
  )
}
