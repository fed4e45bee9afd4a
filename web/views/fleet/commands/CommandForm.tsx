import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { CommandKind } from '../../../../wire/commands.ts'
import type { Asked } from '../../../state/commands/asked.ts'
import { NO_CONDITION, readConditions } from '../../../state/commands/condition-draft.ts'
import { type Draft, deadlinesOf, draftOf, readDraft } from '../../../state/commands/form.ts'
import { formatAge } from '../../../state/format.ts'
import { ArgField } from './ArgField.tsx'
import { ConditionFields } from './ConditionFields.tsx'
import { useCommanding } from './commanding-context.ts'

type Props = {
  kind: CommandKind
  /** Whom it is for, in words. */
  to: string
  /** What the form begins with. */
  first: Omit<Asked, 'if'> | undefined
  onAsk: (asked: Asked) => void
}

const Deadline = ({ kind, value, onChange }: { kind: CommandKind; value: number; onChange: (s: number) => void }) => {
  const id = useId()
  const choices = [...new Set([...deadlinesOf(kind), value])].toSorted((a, b) => a - b)
  return (
    <div class="field inline">
      <label for={id}>Give up after</label>
      <select id={id} value={String(value)} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {choices.map((seconds) => (
          <option key={seconds} value={String(seconds)}>
            {formatAge(seconds * 1000)}
          </option>
        ))}
      </select>
    </div>
  )
}

/** What a command needs to be told, made from its description. */
export const CommandForm = ({ kind, to, first, onAsk }: Props) => {
  const draft = useSignal<Draft>(draftOf(kind, first?.args))
  const within = useSignal(Math.min(first?.within ?? kind.within, kind.most))
  const condition = useSignal(NO_CONDITION)
  /** What is wrong is said once somebody wants to send it. */
  const tried = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  const { args, wrong } = readDraft(kind, draft.value)
  const conditions = readConditions(condition.value)
  const { spotting } = useCommanding()
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('.field :is(input, textarea, select)')?.focus()
    return spotting.cancel
  }, [spotting])

  const submit = (event: Event): void => {
    event.preventDefault()
    tried.value = true
    if (Object.keys(wrong).length > 0 || conditions.wrong !== null) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
      return
    }
    const { condition: asked } = conditions
    onAsk({ kind: kind.name, args, within: within.value, ...(asked && { if: asked }) })
  }
  return (
    <form class="form command-form" ref={form} onSubmit={submit} noValidate>
      {kind.args.map((arg) => (
        <ArgField
          key={arg.name}
          arg={arg}
          value={draft.value[arg.name] ?? ''}
          wrong={tried.value ? wrong[arg.name] : undefined}
          onChange={(value) => {
            draft.value = { ...draft.value, [arg.name]: value }
          }}
        />
      ))}
      <Deadline
        kind={kind}
        value={within.value}
        onChange={(seconds) => {
          within.value = seconds
        }}
      />
      <ConditionFields draft={condition} usual={kind.if} wrong={tried.value ? conditions.wrong : null} />
      <button type="submit" class="button primary">
        {kind.dangerous ? 'Look at it once more…' : `Send to ${to}`}
      </button>
    </form>
  )
}
