import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { dateText, momentText, zoneText } from '../../state/past/moment.ts'
import { daysLater, startOfDay, timeOn } from '../../state/past/month.ts'
import { whyNotTo } from '../../state/past/words.ts'
import { useFloor } from '../shared/floor-context.ts'
import { Calendar } from './Calendar.tsx'
import { BackToLive, SeenSwitch } from './Choices.tsx'

const MINUTE = 60_000
/** Moments that one goes to often, from the one that is shown. */
const PRESETS: readonly { name: string; of: (shown: number) => number }[] = [
  { name: '−15 min', of: (shown) => shown - 15 * MINUTE },
  { name: '−1 h', of: (shown) => shown - 60 * MINUTE },
  { name: 'A day earlier', of: (shown) => daysLater(shown, -1) },
]

type Span = { from: number; edge: number }

/** The moment that is shown now. */
const useShown = (): (() => number) => {
  const { past, now } = useFloor()
  return () => past?.moment.peek() ?? now()
}

const Presets = ({ span, onGo }: { span: Span; onGo: (at: number) => void }) => {
  const shown = useShown()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons in every browser
    <div class="presets" role="group" aria-label="Earlier">
      {PRESETS.map(({ name, of }) => {
        const why = whyNotTo(of(shown()), span)
        return (
          <button
            key={name}
            type="button"
            class="button"
            disabled={why !== null}
            title={why ?? momentText(of(shown()))}
            onClick={() => onGo(of(shown()))}
          >
            {name}
          </button>
        )
      })}
    </div>
  )
}

/** A day and a time of it. */
const Choose = ({ span, onGo }: { span: Span; onGo: (at: number) => void }) => {
  const { past, now } = useFloor()
  const shown = useShown()
  const first = Math.min(shown(), span.edge)
  const day = useSignal(startOfDay(first))
  const time = useSignal(new Date(first).toTimeString().slice(0, 8))
  const wanted = timeOn(day.value, time.value)
  const why = whyNotTo(wanted, span)
  const today = startOfDay(past === null ? now() : span.edge)
  return (
    <form
      class="choose"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted !== null && why === null) onGo(wanted)
      }}
    >
      <Calendar day={day} first={startOfDay(span.from)} last={startOfDay(span.edge)} today={today} />
      <div class="choose-time">
        <label class="field">
          <span>Time on {dateText(day.value)}</span>
          <input
            type="time"
            step={1}
            value={time}
            onInput={(event) => {
              time.value = event.currentTarget.value
            }}
          />
        </label>
        <button type="submit" class="button primary" disabled={why !== null}>
          Go there
        </button>
      </div>
      <p class="choose-why" role="status">
        {why}
      </p>
      <Presets span={span} onGo={onGo} />
    </form>
  )
}

const NoArchive = () => (
  <div class="no-archive" data-archive="none">
    <p>This floor keeps no archive, so there is no past to go to.</p>
    <p class="soft">Whoever runs it can switch one on: start its nodes with</p>
    <code>ARCHIVE_URL=sqlite:.data/archive.db</code>
    <p class="soft">From then on everything is kept, and you can go back to any moment.</p>
  </div>
)

const Away = () => {
  const { archive } = useFloor()
  return (
    <div data-archive="down">
      <p class="trouble" role="alert">
        The archive can’t be asked now. The live floor goes on.
      </p>
      <button type="button" class="button" onClick={archive.ask}>
        Try again
      </button>
    </div>
  )
}

/** What there is to choose from, or why there is nothing. */
const Body = ({ onGo }: { onGo: (at: number) => void }) => {
  const reply = useFloor().archive.span.value
  if (reply === null) return <span class="bone" role="status" aria-label="Loading" style={{ height: '200px' }} />
  if (reply.archive === 'none') return <NoArchive />
  if (reply.archive === 'down') return <Away />
  const { from, edge } = reply
  if (from === null || edge === null)
    return <p data-archive="empty">Nothing is in the archive yet. It begins within a minute of the first data.</p>
  return <Choose span={{ from, edge }} onGo={onGo} />
}

/** Where one chooses the moment that the floor shows. */
export const ClockPanel = ({ onDone }: { onDone: () => void }) => {
  const { past, goTo } = useFloor()
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const chosen = panel.current?.querySelector<HTMLElement>('[data-day][tabindex="0"]')
    ;(chosen ?? panel.current?.querySelector('button'))?.focus()
  }, [])
  return (
    <div ref={panel} class="popover clock-panel" role="dialog" aria-label="Go to a moment">
      <header>
        <h2>{past === null ? 'Live' : momentText(past.moment.value)}</h2>
        <span class="soft">{zoneText()}</span>
      </header>
      <Body
        onGo={(at) => {
          goTo(at)
          onDone()
        }}
      />
      {past !== null && (
        <footer>
          <SeenSwitch past={past} />
          <BackToLive past={past} />
        </footer>
      )}
    </div>
  )
}
