import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { SPEEDS, type Speed } from '../../../wire/past.ts'
import { clockText, dateText, dayText } from '../../state/past/moment.ts'
import type { Past } from '../../state/past/past.ts'
import { SCRUB_SPANS, type ScrubSpan } from '../../state/past/scrub.ts'
import { PHASES } from '../../state/past/words.ts'
import { useFloor } from '../shared/floor-context.ts'
import { PauseIcon, PlayIcon, StepBackIcon, StepOnIcon } from '../shared/icons.tsx'
import { BackToLive, SeenSwitch } from './Choices.tsx'
import { PickOne } from './PickOne.tsx'
import { Scrub } from './Scrub.tsx'
import { stepOf } from './use-past-keys.ts'

const SPAN_NAMES: Record<ScrubSpan, string> = { day: 'Day', '6h': '6 h', '1h': '1 h' }

/** That this is the past, and which moment of it. */
const Moment = ({ past, short }: { past: Past; short: boolean }) => (
  <p class="past-moment">
    <b>Past</b>
    <span>{(short ? dayText : dateText)(past.moment.value)}</span>
    <span data-moment={past.moment.value}>{clockText(past.moment.value)}</span>
  </p>
)

const Transport = ({ past }: { past: Past }) => {
  const plays = past.speed.value !== 0
  const step = (way: 1 | -1, label: string, key: string, Icon: typeof PlayIcon) => (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={`${label} (${key}); with Shift, ten`}
      onClick={({ shiftKey }) => past.step(stepOf(way, shiftKey))}
    >
      <Icon />
    </button>
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons in every browser
    <div class="transport" role="group" aria-label="Play">
      {step(-1, 'One minute back', '←', StepBackIcon)}
      <button
        type="button"
        class="icon-button play"
        aria-label={plays ? 'Pause' : 'Play'}
        title={plays ? 'Pause (space)' : 'Play (space)'}
        data-plays={plays ? '' : undefined}
        onClick={() => (plays ? past.pause() : past.play())}
      >
        {plays ? <PauseIcon /> : <PlayIcon />}
      </button>
      {step(1, 'One minute on', '→', StepOnIcon)}
    </div>
  )
}

/** How many times as fast as it was. Where the clock stands still, the last speed is the one it goes on with. */
const Speeds = ({ past }: { past: Past }) => {
  const speed = past.speed.value
  const last = useSignal<Speed>(speed === 0 ? 1 : speed)
  useEffect(() => {
    if (speed !== 0) last.value = speed
  }, [speed, last])
  return (
    <PickOne
      label="Speed"
      value={String(speed === 0 ? last.value : speed)}
      options={SPEEDS.map((one) => ({ value: String(one), label: `${one}×` }))}
      onChoose={(text) => past.play(SPEEDS.find((one) => String(one) === text))}
    />
  )
}

/** A button that was clicked keeps no focus: the space bar would press it again, where it is to play and pause. */
const letGo = (): void => {
  if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur()
}

/** The clock of the past, to be played, scrubbed and left. */
export const PastBar = () => {
  const { past, narrow } = useFloor()
  const span = useSignal<ScrubSpan>('day')
  if (past === null) return null
  const phase = past.phase.value
  return (
    <section class="past-bar" aria-label="The past" data-phase={phase} onPointerUp={letGo}>
      <Moment past={past} short={narrow.value} />
      <Transport past={past} />
      <Speeds past={past} />
      <p class="past-note" role="status" title={PHASES[phase]}>
        {PHASES[phase]}
      </p>
      {!narrow.value && <SeenSwitch past={past} />}
      <BackToLive past={past} short={narrow.value} />
      <Scrub past={past} span={span.value} />
      <PickOne
        label="The bar shows"
        value={span.value}
        options={SCRUB_SPANS.map((value) => ({ value, label: SPAN_NAMES[value] }))}
        onChoose={(next) => {
          span.value = next
        }}
      />
    </section>
  )
}
