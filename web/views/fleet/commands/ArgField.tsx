import { useId } from 'preact/hooks'
import type { CommandArg } from '../../../../wire/commands.ts'
import { limitsOf } from '../../../state/commands/form.ts'
import { readSpots } from '../../../state/commands/spots.ts'
import { SpotField } from './SpotField.tsx'

/** A text that may be longer than this has a field of several lines. */
const SHORT = 100

type Props = {
  arg: CommandArg
  value: string | boolean
  wrong: string | undefined
  onChange: (value: string | boolean) => void
}
type FieldProps = { arg: CommandArg; id: string; value: string; invalid: boolean; onChange: (value: string) => void }

const Choices = ({ arg, id, value, onChange }: FieldProps) => (
  <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
    {arg.optional && <option value="">–</option>}
    {(arg.choices ?? []).map((choice) => (
      <option key={choice} value={choice}>
        {choice}
      </option>
    ))}
  </select>
)

const Typed = ({ arg, id, value, invalid, onChange }: FieldProps) => {
  const common = { id, value, 'aria-invalid': invalid, 'aria-describedby': `${id}-about`, autocomplete: 'off' as const }
  if (arg.type === 'text' && (arg.most ?? SHORT) > SHORT * 2)
    return (
      <textarea {...common} rows={2} maxLength={arg.most} onInput={(event) => onChange(event.currentTarget.value)} />
    )
  return (
    <input
      {...common}
      type="text"
      inputMode={arg.type === 'number' ? 'decimal' : 'text'}
      maxLength={arg.type === 'text' ? arg.most : undefined}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** What is said below a field: what is wrong with it, else its limits. */
const aboutOf = ({ type, ...arg }: CommandArg, value: string): string => {
  if (type === 'number') return limitsOf({ type, ...arg })
  const count = type === 'route' ? (readSpots(value)?.length ?? 0) : 0
  return count === 0 ? '' : count === 1 ? '1 place' : `${count} places`
}

/** The field of one argument, as its description has it. */
export const ArgField = ({ arg, value, wrong, onChange }: Props) => {
  const id = useId()
  if (typeof value === 'boolean')
    return (
      <label class="tick">
        <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>{arg.title}</span>
      </label>
    )
  const Field = arg.type === 'choice' ? Choices : arg.type === 'place' || arg.type === 'route' ? SpotField : Typed
  const about = aboutOf(arg, value)
  return (
    <div class="field">
      <label for={id}>
        {arg.title}
        {arg.unit !== undefined && <span class="unit"> ({arg.unit})</span>}
        {arg.optional && <span class="unit"> (if you like)</span>}
      </label>
      <Field arg={arg} id={id} value={value} invalid={wrong !== undefined} onChange={onChange} />
      <p id={`${id}-about`} class={wrong === undefined ? 'about' : 'trouble'} role={wrong ? 'alert' : undefined}>
        {wrong ?? about}
      </p>
    </div>
  )
}
