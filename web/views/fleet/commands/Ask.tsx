import { useSignal } from '@preact/signals'
import type { CommandKind, CommandTo } from '../../../../wire/commands.ts'
import { type Asked, toInWords } from '../../../state/commands/asked.ts'
import { BackIcon } from '../../shared/icons.tsx'
import { CommandForm } from './CommandForm.tsx'
import { SecondLook } from './SecondLook.tsx'

type Step = { at: 'choose' } | { at: 'fill'; kind: CommandKind } | { at: 'look'; kind: CommandKind; asked: Asked }

type Props = {
  to: CommandTo
  /** The kinds to choose from. */
  kinds: readonly CommandKind[]
  /** What the form begins with. */
  first?: Omit<Asked, 'if'> | undefined
  onAsk: (asked: Asked) => void
}

const Kinds = ({ kinds, onChoose }: { kinds: readonly CommandKind[]; onChoose: (kind: CommandKind) => void }) => (
  <ul class="kinds" aria-label="What to ask">
    {kinds.map((kind) => (
      <li key={kind.name}>
        <button
          type="button"
          class={kind.dangerous ? 'button grave' : 'button'}
          data-kind={kind.name}
          onClick={() => onChoose(kind)}
        >
          {kind.title}
        </button>
      </li>
    ))}
  </ul>
)

/** From what to ask, by its form, to sending it; what is dangerous is looked at twice. */
export const Ask = ({ to, kinds, first, onAsk }: Props) => {
  const begun = kinds.find(({ name }) => name === first?.kind)
  const step = useSignal<Step>(begun ? { at: 'fill', kind: begun } : { at: 'choose' })
  /** What was filled in stays over the second look. */
  const filled = useSignal(first)
  const now = step.value
  if (now.at === 'choose')
    return (
      <Kinds
        kinds={kinds}
        onChoose={(kind) => {
          step.value = { at: 'fill', kind }
        }}
      />
    )
  const { kind } = now
  const ask = (asked: Asked): void => {
    filled.value = asked
    if (kind.dangerous && now.at === 'fill') step.value = { at: 'look', kind, asked }
    else onAsk(asked)
  }
  return (
    // A key that is held down since it chose the kind must not send anything.
    // biome-ignore lint/a11y/noStaticElementInteractions: it holds a key back, and does nothing by itself
    <div
      class="ask"
      data-asks={kind.name}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.repeat) event.preventDefault()
      }}
    >
      {now.at === 'fill' && (
        <div class="ask-head">
          <button
            type="button"
            class="icon-button"
            aria-label="Ask for something else"
            title="Ask for something else"
            onClick={() => {
              step.value = { at: 'choose' }
            }}
          >
            <BackIcon />
          </button>
          <h4>{kind.title}</h4>
        </div>
      )}
      {now.at === 'fill' ? (
        <CommandForm
          key={kind.name}
          kind={kind}
          to={toInWords(to)}
          first={filled.value?.kind === kind.name ? filled.value : undefined}
          onAsk={ask}
        />
      ) : (
        <SecondLook
          kind={kind}
          to={to}
          asked={now.asked}
          onBack={() => {
            step.value = { at: 'fill', kind }
          }}
          onConfirm={() => onAsk(now.asked)}
        />
      )}
    </div>
  )
}
