import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type Asked, type ManyAsk, toInWords } from '../../../state/commands/asked.ts'
import { TOO_MUCH } from '../../../state/commands/errands.ts'
import { ListState } from '../../people/ListState.tsx'
import { useFloor } from '../../shared/floor-context.ts'
import { CloseIcon } from '../../shared/icons.tsx'
import { Ask } from './Ask.tsx'
import { useCommanding } from './commanding-context.ts'
import { NameFirst } from './NameFirst.tsx'
import { useOffered } from './use-offered.ts'

const Sending = ({ many }: { many: ManyAsk }) => {
  const { errands, askMany } = useCommanding()
  const { link } = useFloor()
  const errand = errands.errands.value.find(({ id }) => id === many.sent)
  if (errand?.phase === 'refused')
    return (
      <>
        <p class="trouble" role="alert">
          {errand.error}
        </p>
        <div class="sheet-actions">
          <button
            type="button"
            class="button"
            onClick={() => {
              errands.discard(errand.id)
              const { sent: _, ...form } = many
              askMany(form)
            }}
          >
            Change it
          </button>
        </div>
      </>
    )
  const live = link.phase.value.phase === 'live'
  return <p role="status">{live ? 'Sending…' : 'No connection: it goes out as soon as there is one.'}</p>
}

/** Asks something of several devices at once. */
export const ManyPanel = ({ many }: { many: ManyAsk }) => {
  const { kinds, askMany, askThem, handle, picked } = useCommanding()
  const offered = useOffered(many.to)
  useEffect(() => kinds.need(), [kinds])
  const list = kinds.list.value
  const full = useSignal(false)
  const send = (asked: Asked): void => {
    full.value = !askThem(asked)
    if (!full.value) picked.clear()
  }
  const to = toInWords(many.to)
  return (
    <section class="order" aria-label={`Command to ${to}`} data-asking="">
      <header>
        <h2>Command to {to}</h2>
        <button type="button" class="icon-button" aria-label="Close" title="Close" onClick={() => askMany(null)}>
          <CloseIcon />
        </button>
      </header>
      {many.sent !== undefined ? (
        <Sending many={many} />
      ) : handle.value === null ? (
        <NameFirst />
      ) : (
        <>
          <ListState list={list} onRetry={kinds.load} empty={<p>This floor describes no commands.</p>} />
          {list.rows.length > 0 && <Ask to={many.to} kinds={offered} first={many.first} onAsk={send} />}
          {full.value && (
            <p class="trouble" role="alert">
              {TOO_MUCH}
            </p>
          )}
        </>
      )}
    </section>
  )
}
