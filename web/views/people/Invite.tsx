import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { covers, MOST_GRANTS_LETTERS, parseGrants } from '../../../wire/grants.ts'
import { type InvitationReply, MAX_PERSON_NAME } from '../../../wire/people.ts'
import { errorOf } from '../../state/calls.ts'
import { grantsInWords } from '../../state/grants-in-words.ts'
import type { Invitations } from '../../state/invitations.ts'
import { PRESETS } from '../../state/presets.ts'
import { INVITATION_SPANS, USUAL_INVITATION } from '../../state/spans.ts'
import { useFloor } from '../shared/floor-context.ts'
import { Choice } from './Choice.tsx'
import { SpanChoice, untilOf } from './SpanChoice.tsx'

/** What was typed cannot be given, and why; null: it can. */
const useVerdict = (text: string): string | null => {
  const { people } = useFloor()
  const grants = parseGrants(text)
  if (text.trim() === '') return 'Say what they may do.'
  if (grants === null) return 'This cannot be read: write it as watch:s:* or watch:d:BUS-1, with blanks between.'
  return covers(people.grants.value, grants) ? null : 'You can’t give more than you may do yourself.'
}

const OWN = 'own'

/** What the invited person may do: one of the usual sets, or a text of one's own. */
const GrantChoice = ({ chosen, text }: { chosen: { value: string }; text: { value: string } }) => (
  <fieldset class="choices">
    <legend>What they may do</legend>
    {PRESETS.map(({ name, about, grants }) => (
      <Choice
        key={name}
        group="grants"
        chosen={chosen.value === name}
        onChoose={() => {
          chosen.value = name
          text.value = grants
        }}
      >
        <b>{name}</b> {about}
      </Choice>
    ))}
    <Choice
      group="grants"
      chosen={chosen.value === OWN}
      onChoose={() => {
        chosen.value = OWN
      }}
    >
      <b>Something else</b> Write the grants yourself; the chosen ones are a start.
    </Choice>
  </fieldset>
)

const OwnGrants = ({ text, verdict }: { text: { value: string }; verdict: string | null }) => (
  <>
    <textarea
      aria-label="Grants"
      rows={3}
      spellcheck={false}
      maxLength={MOST_GRANTS_LETTERS}
      value={text.value}
      onInput={(event) => {
        text.value = event.currentTarget.value
      }}
    />
    <ul class="words" aria-label="In words">
      {verdict === null && grantsInWords(parseGrants(text.value) ?? []).map((line) => <li key={line}>{line}</li>)}
    </ul>
  </>
)

type Props = { invitations: Invitations; onDone: (reply: InvitationReply) => void; onCancel: () => void }

/** The form for a new invitation. */
export const Invite = ({ invitations, onDone, onCancel }: Props) => {
  const { now } = useFloor()
  const name = useSignal('')
  const chosen = useSignal(PRESETS[0]?.name ?? OWN)
  const text = useSignal(PRESETS[0]?.grants ?? '')
  const span = useSignal(USUAL_INVITATION)
  const busy = useSignal(false)
  const trouble = useSignal<string | null>(null)
  const verdict = useVerdict(text.value)
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (busy.value || verdict !== null) return
    busy.value = true
    const until = untilOf(INVITATION_SPANS, span, now())
    const reply = await invitations.invite({ name: name.value.trim(), grants: text.value.trim(), until })
    busy.value = false
    trouble.value = errorOf(reply)?.message ?? null
    if (!('error' in reply)) onDone(reply)
  }
  return (
    <form class="form" onSubmit={submit}>
      <label class="field">
        <span>Name</span>
        <input
          required
          ref={first}
          autocomplete="off"
          maxLength={MAX_PERSON_NAME}
          value={name}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
      </label>
      <GrantChoice chosen={chosen} text={text} />
      {chosen.value === OWN && <OwnGrants text={text} verdict={verdict} />}
      <div class="field">
        <span>For how long</span>
        <SpanChoice label="For how long" spans={INVITATION_SPANS} chosen={span} />
      </div>
      {(trouble.value ?? verdict) !== null && (
        <p class="trouble" role="alert">
          {trouble.value ?? verdict}
        </p>
      )}
      <div class="sheet-actions">
        <button type="submit" class="button primary" disabled={busy.value || verdict !== null}>
          {busy.value ? 'Making the link…' : 'Make the link'}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
