import type { Unsent } from '../../state/desk/unsent.ts'
import { useDesk } from './desk-context.ts'
import { Face } from './Face.tsx'
import { Text } from './Text.tsx'

/** A message that no node has acknowledged yet. It says so. */
export const UnsentView = ({ unsent, live }: { unsent: Unsent; live: boolean }) => {
  const { me, outbox } = useDesk()
  const { id, by, text, phase, error } = unsent
  const name = me.value?.name ?? by
  return (
    <li class="message first unsent" data-unsent={phase}>
      <Face id={by} name={name} />
      <div>
        <header>
          <b class="author" dir="auto">
            {name}
          </b>
          {phase === 'refused' ? null : <small>{live ? 'sending…' : 'not sent yet: no connection'}</small>}
        </header>
        <Text text={text} to={[]} />
        {phase === 'refused' && (
          <p class="refused" role="alert">
            Not sent: {error}{' '}
            <button type="button" class="button" onClick={() => outbox.retry(id)}>
              Try again
            </button>{' '}
            <button type="button" class="button" onClick={() => outbox.discard(id)}>
              Discard
            </button>
          </p>
        )}
      </div>
    </li>
  )
}
