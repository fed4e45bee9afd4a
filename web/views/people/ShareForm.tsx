import { type Signal, useSignal } from '@preact/signals'
import type { Bounds } from '../../../wire/cells.ts'
import { MAX_PERSON_NAME, type ShareReply, type Shown } from '../../../wire/people.ts'
import { around, isWithin, middleOf, sizeInWords, unpanned } from '../../state/area.ts'
import { errorOf } from '../../state/calls.ts'
import { createShares } from '../../state/shares.ts'
import { SHARE_SPANS, USUAL_SHARE } from '../../state/spans.ts'
import { useFloor } from '../shared/floor-context.ts'
import { Choice } from './Choice.tsx'
import { SpanChoice, untilOf } from './SpanChoice.tsx'

/** Something that may be shared from where one is. */
export type Shareable = { name: string; show: Shown }

/** How near to the middle of the map counts as there, in metres. */
const NEAR = 300

type Ends = 'time' | 'view' | 'near'

const areaOf = (ends: Ends, seen: Bounds | null): Bounds | null => {
  if (seen === null || ends === 'time') return null
  return ends === 'view' ? unpanned(seen) : around(middleOf(seen), NEAR)
}

const What = ({ choices, chosen }: { choices: readonly Shareable[]; chosen: Signal<number> }) => (
  <fieldset class="choices">
    <legend>What they see</legend>
    {choices.map(({ name }, i) => (
      <Choice
        key={name}
        group="what"
        chosen={chosen.value === i}
        onChoose={() => {
          chosen.value = i
        }}
      >
        {name}
      </Choice>
    ))}
  </fieldset>
)

/** For a device: whether the link ends when it arrives somewhere. */
const EndsChoice = ({ ends, seen }: { ends: Signal<Ends>; seen: Bounds }) => {
  const option = (value: Ends, text: string) => (
    <Choice
      group="ends"
      chosen={ends.value === value}
      onChoose={() => {
        ends.value = value
      }}
    >
      {text}
    </Choice>
  )
  return (
    <fieldset class="choices">
      <legend>Does it end sooner?</legend>
      {option('time', 'No, only at that time')}
      {option('near', `When it arrives within ${NEAR} m of the middle of the map`)}
      {option('view', `When it arrives in the part of the map that you see (${sizeInWords(seen)})`)}
    </fieldset>
  )
}

type Props = { choices: readonly Shareable[]; onDone: (reply: ShareReply) => void }

/** What to share, for whom and for how long. */
export const ShareForm = ({ choices, onDone }: Props) => {
  const { people, now, seen, selection } = useFloor()
  const chosen = useSignal(0)
  const span = useSignal(USUAL_SHARE)
  const ends = useSignal<Ends>('time')
  const name = useSignal('')
  const busy = useSignal(false)
  const trouble = useSignal<string | null>(null)
  const show = choices[chosen.value]?.show
  const isDevice = show?.kind === 'device'
  const area = isDevice ? areaOf(ends.value, seen.value) : null
  const last = selection.selected.value?.last ?? null
  const there = area !== null && last !== null && isWithin(area, last)

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (busy.value || there || show === undefined) return
    busy.value = true
    const until = untilOf(SHARE_SPANS, span, now())
    const request = { show, until, ...(area && { ends: area }), ...(name.value.trim() && { name: name.value.trim() }) }
    const reply = await createShares(people.calls, now).share(request)
    busy.value = false
    trouble.value = errorOf(reply)?.message ?? null
    if (!('error' in reply)) onDone(reply)
  }
  return (
    <form class="form" onSubmit={submit}>
      {choices.length > 1 && <What choices={choices} chosen={chosen} />}
      <div class="field">
        <span>For how long</span>
        <SpanChoice label="For how long" spans={SHARE_SPANS} chosen={span} />
      </div>
      {isDevice && seen.value !== null && <EndsChoice ends={ends} seen={seen.value} />}
      <label class="field">
        <span>A title for whoever opens it, if you like</span>
        <input
          autocomplete="off"
          maxLength={MAX_PERSON_NAME}
          placeholder={isDevice ? 'Your delivery' : ''}
          value={name}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
      </label>
      {(there || trouble.value !== null) && (
        <p class="trouble" role="alert">
          {there ? 'It is there already: move the map to where it is going.' : trouble.value}
        </p>
      )}
      <div class="sheet-actions">
        <button type="submit" class="button primary" disabled={busy.value || there}>
          {busy.value ? 'Making the link…' : 'Make the link'}
        </button>
      </div>
    </form>
  )
}
