import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { dateText, monthText } from '../../state/past/moment.ts'
import { daysLater, isSameMonth, monthsLater, startOfDay, startOfWeek, weeksOf } from '../../state/past/month.ts'
import { BackIcon, OnIcon } from '../shared/icons.tsx'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** The day that a key goes to; null where it goes nowhere. */
const dayBy = (key: string, day: number): number | null => {
  if (key === 'ArrowLeft') return daysLater(day, -1)
  if (key === 'ArrowRight') return daysLater(day, 1)
  if (key === 'ArrowUp') return daysLater(day, -7)
  if (key === 'ArrowDown') return daysLater(day, 7)
  if (key === 'Home') return startOfWeek(day)
  if (key === 'End') return daysLater(startOfWeek(day), 6)
  if (key === 'PageUp') return monthsLater(day, -1)
  return key === 'PageDown' ? monthsLater(day, 1) : null
}

type Props = {
  /** The day that is chosen, as the moment at which it begins. */
  day: Signal<number>
  first: number
  last: number
  today: number
}
type DayProps = Props & { at: number; outside: boolean }

const Day = ({ day, first, last, today, at, outside }: DayProps) => {
  const chosen = day.value === at
  return (
    <td>
      <button
        type="button"
        class="calendar-day"
        data-day={at}
        data-outside={outside ? '' : undefined}
        tabIndex={chosen ? 0 : -1}
        aria-label={dateText(at)}
        aria-pressed={chosen}
        aria-current={at === today ? 'date' : undefined}
        disabled={at < first || at > last}
        onClick={() => {
          day.value = at
        }}
      >
        {new Date(at).getDate()}
      </button>
    </td>
  )
}

const Months = ({ day, first, last }: Props) => {
  const turn = (months: number): number => Math.min(last, Math.max(first, monthsLater(day.value, months)))
  const button = (months: -1 | 1, label: string, Icon: typeof BackIcon) => (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      disabled={isSameMonth(turn(months), day.value)}
      onClick={() => {
        day.value = turn(months)
      }}
    >
      <Icon />
    </button>
  )
  return (
    <div class="months">
      {button(-1, 'Previous month', BackIcon)}
      <b aria-live="polite">{monthText(day.value)}</b>
      {button(1, 'Next month', OnIcon)}
    </div>
  )
}

/** The month of the day that is chosen. Arrow keys go from day to day, page keys from month to month. */
export const Calendar = (props: Props) => {
  const { day, first, last } = props
  const grid = useRef<HTMLTableElement>(null)
  const moved = useRef(false)
  const chosen = day.value
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>(`[data-day="${chosen}"]`)?.focus()
    moved.current = false
  }, [chosen])
  const press = (event: KeyboardEvent): void => {
    const next = dayBy(event.key, day.peek())
    if (next === null) return
    event.preventDefault()
    moved.current = true
    day.value = Math.min(last, Math.max(first, startOfDay(next)))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a calendar in every browser
    <div class="calendar" role="group" aria-label="Day" onKeyDown={press}>
      <Months {...props} />
      <table ref={grid} aria-label={monthText(chosen)}>
        <thead>
          <tr>
            {WEEKDAYS.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(chosen).map((week) => (
            <tr key={week[0]}>
              {week.map((at) => (
                <Day key={at} {...props} at={at} outside={!isSameMonth(at, chosen)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
