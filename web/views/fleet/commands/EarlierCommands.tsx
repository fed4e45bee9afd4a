import { useSignal } from '@preact/signals'
import type { Command } from '../../../../wire/commands.ts'
import type { CommandHistory } from '../../../state/commands/history.ts'
import { CommandRow } from './CommandRow.tsx'

/** Commands that are over and shown without being asked for. */
const FEW = 2

type Props = { over: readonly Command[]; history: CommandHistory; serverNow: number }

/** What is over: the last ones, and all that is kept once somebody asks for it. */
export const EarlierCommands = ({ over, history, serverNow }: Props) => {
  const all = useSignal(false)
  const { phase, error } = history.list.value
  const next = history.next.value
  if (over.length === 0 && !all.value) return null
  return (
    <>
      <ul class="command-list" aria-label="Earlier commands">
        {over.slice(0, all.value ? undefined : FEW).map((command) => (
          <CommandRow key={command.id} command={command} serverNow={serverNow} onCancel={null} />
        ))}
      </ul>
      {phase === 'error' && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {next === null ? (
        <p class="none">Nothing older is kept.</p>
      ) : (
        <button
          type="button"
          class="link"
          disabled={phase === 'loading'}
          onClick={() => {
            all.value = true
            void history.read()
          }}
        >
          {phase === 'loading' ? 'Loading…' : all.value ? 'Show older' : 'Show all'}
        </button>
      )}
    </>
  )
}
