import type { Signal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Precondition } from '../../../../wire/commands.ts'
import { sizeInWords } from '../../../state/area.ts'
import type { ConditionDraft } from '../../../state/commands/condition-draft.ts'
import { onlyWhile } from '../../../state/commands/conditions.ts'
import { useFloor } from '../../shared/floor-context.ts'

type Props = { draft: Signal<ConditionDraft>; usual: Precondition | undefined; wrong: string | null }

const Limit = ({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) => {
  const id = useId()
  return (
    <div class="limit">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}

/** What must hold when the device gets it, besides what always must for this kind of command. */
export const ConditionFields = ({ draft, usual, wrong }: Props) => {
  const { seen } = useFloor()
  const always = onlyWhile(usual ?? {})
  const change = (part: Partial<ConditionDraft>): void => {
    draft.value = { ...draft.value, ...part }
  }
  const bounds = seen.value
  return (
    <details class="conditions" open={wrong !== null}>
      <summary>{always} Add a condition…</summary>
      <Limit label="Slower than (km/h)" value={draft.value.slower} onChange={(slower) => change({ slower })} />
      <Limit
        label="Position at most … seconds old"
        value={draft.value.fresher}
        onChange={(fresher) => change({ fresher })}
      />
      {bounds !== null && (
        <label class="tick">
          <input
            type="checkbox"
            checked={draft.value.inside !== null}
            onChange={(event) => change({ inside: event.currentTarget.checked ? bounds : null })}
          />
          <span>Only inside the part of the map that you see ({sizeInWords(draft.value.inside ?? bounds)})</span>
        </label>
      )}
      {wrong !== null && (
        <p class="trouble" role="alert">
          {wrong}
        </p>
      )}
    </details>
  )
}
