import { useSignal } from '@preact/signals'
import type { RefObject, TargetedPointerEvent } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { SLICE_MS } from '../../../wire/past.ts'
import { clockText, minuteText, momentText } from '../../state/past/moment.ts'
import type { Past } from '../../state/past/past.ts'
import { momentAt, runsOf, type ScrubSpan, type Stretch, shareAt, stretchAt, ticksOf } from '../../state/past/scrub.ts'
import { stepOf } from './use-past-keys.ts'

const HOUR = 3_600_000
const percent = (share: number): string => `${100 * share}%`

/** Where the moment goes with a key; null where it goes nowhere. */
const byKey = ({ key, shiftKey }: KeyboardEvent, at: number, { from, to }: Stretch): number | null => {
  if (key === 'ArrowRight' || key === 'ArrowUp') return at + stepOf(1, shiftKey)
  if (key === 'ArrowLeft' || key === 'ArrowDown') return at + stepOf(-1, shiftKey)
  if (key === 'PageUp') return at + HOUR
  if (key === 'PageDown') return at - HOUR
  if (key === 'Home') return from
  return key === 'End' ? to - 1_000 : null
}

const Row = ({ kind, title, runs, stretch }: { kind: string; title: string; runs: Stretch[]; stretch: Stretch }) => (
  <div class="scrub-row" data-row={kind} data-runs={runs.length} title={title}>
    {runs.map(({ from, to }) => (
      <i
        key={from}
        style={{ left: percent(shareAt(from, stretch)), width: percent((to - from) / (stretch.to - stretch.from)) }}
      />
    ))}
  </div>
)

/** Where there is data in the stretch: the market above, the fleet below. */
const Rows = ({ past, stretch }: { past: Past; stretch: Stretch }) => {
  const slices = past.slices.value
  const { from, to } = stretch
  const [market, fleet] = useMemo(
    () => [runsOf(slices?.market ?? [], { from, to }), runsOf(slices?.fleet ?? [], { from, to })],
    [slices, from, to],
  )
  const none = slices !== null && market.length + fleet.length === 0
  return (
    <>
      <Row kind="market" title="Where there is data of the market" runs={market} stretch={stretch} />
      <Row kind="fleet" title="Where there is data of the fleet" runs={fleet} stretch={stretch} />
      {none && <span class="scrub-none">Nothing is recorded here</span>}
    </>
  )
}

const Ticks = ({ stretch, span }: { stretch: Stretch; span: ScrubSpan }) => (
  <div class="scrub-ticks" aria-hidden="true">
    {ticksOf(stretch, span).map(({ at, label }) => (
      <span key={at} style={{ left: percent(shareAt(at, stretch)) }}>
        {label}
      </span>
    ))}
  </div>
)

/** What of the stretch lies before the archive begins, or after it ends. */
const Beyond = ({ past, stretch }: { past: Past; stretch: Stretch }) => {
  const { from = null, edge = null } = past.span.value ?? {}
  const before = from === null ? 0 : shareAt(from, stretch)
  const after = edge === null ? 1 : shareAt(edge, stretch)
  return (
    <>
      {before > 0 && <i class="scrub-beyond" style={{ left: 0, width: percent(before) }} />}
      {after < 1 && <i class="scrub-beyond" style={{ left: percent(after), right: 0 }} />}
    </>
  )
}

/** Dragging, pointing and keys. `held`: where it is dragged to; the clock goes there once it is let go. */
const useScrub = (past: Past, stretch: RefObject<Stretch>) => {
  const held = useSignal<number | null>(null)
  const pointed = useSignal<number | null>(null)
  // A node knows how far the archive goes by now, and stops there.
  const within = (at: number): number => Math.max(past.span.peek()?.from ?? at, at)
  const at = (event: TargetedPointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const shown = stretch.current
    return shown === null ? past.moment.peek() : within(momentAt((event.clientX - left) / width, shown))
  }
  return {
    held,
    pointed,
    listeners: {
      onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        held.value = at(event)
      },
      onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => {
        if (held.peek() !== null) held.value = at(event)
        pointed.value = held.peek() ?? at(event)
      },
      onPointerUp: () => {
        if (held.peek() !== null) past.go(held.peek() ?? past.moment.peek())
        held.value = null
      },
      onPointerCancel: () => {
        held.value = null
      },
      onPointerLeave: () => {
        pointed.value = null
      },
      onKeyDown: (event: KeyboardEvent) => {
        const next = stretch.current && byKey(event, past.moment.peek(), stretch.current)
        if (next === null) return
        event.preventDefault()
        past.go(within(next))
      },
    },
  }
}

/** The bar of a day, or of a part of it: what there is, where the clock stands, and the way to another moment. */
export const Scrub = ({ past, span }: { past: Past; span: ScrubSpan }) => {
  const stretch = useRef<Stretch>(stretchAt(past.moment.peek(), span))
  const { held, pointed, listeners } = useScrub(past, stretch)
  const edge = past.span.value?.edge ?? Number.POSITIVE_INFINITY
  const at = held.value === null ? past.moment.value : Math.min(held.value, edge)
  const shown = stretchAt(at, span)
  stretch.current = shown
  const slice = Math.floor(past.moment.value / SLICE_MS)
  // Anew with each slice that the clock reaches: near now there are more by then.
  useEffect(() => past.look(shown.from, shown.to), [past, shown.from, shown.to, slice])
  const stands = past.speed.value === 0
  return (
    <div
      class="scrub"
      role="slider"
      tabIndex={0}
      aria-label="Moment"
      aria-valuemin={shown.from}
      aria-valuemax={shown.to}
      aria-valuenow={at}
      // While time goes on, each second would interrupt a screen reader.
      aria-valuetext={momentText(stands ? at : at - (at % 60_000))}
      data-span={span}
      data-held={held.value === null ? undefined : ''}
      {...listeners}
    >
      <Rows past={past} stretch={shown} />
      <Beyond past={past} stretch={shown} />
      <Ticks stretch={shown} span={span} />
      <b class="scrub-hand" style={{ left: percent(shareAt(at, shown)) }} />
      {pointed.value !== null && (
        <span
          class="scrub-tip"
          aria-hidden="true"
          style={{ left: percent(shareAt(held.value === null ? pointed.value : at, shown)) }}
        >
          {held.value === null ? minuteText(pointed.value) : clockText(at)}
        </span>
      )}
    </div>
  )
}
