import type { Signal } from '@preact/signals'
import type { Span } from '../../state/spans.ts'
import { Segments } from '../shared/Segments.tsx'

type Props = { label: string; spans: readonly Span[]; chosen: Signal<number> }

/** For how long something holds. */
export const SpanChoice = ({ label, spans, chosen }: Props) => (
  <Segments
    class="spans"
    label={label}
    value={String(chosen.value)}
    options={spans.map(({ name }, i) => ({ value: String(i), label: name }))}
    onChoose={(next) => {
      chosen.value = Number(next)
    }}
  />
)

/** Until when the chosen one of these spans holds, from `now`. */
export const untilOf = (spans: readonly Span[], chosen: Signal<number>, now: number): number =>
  spans[chosen.peek()]?.until(now) ?? now
