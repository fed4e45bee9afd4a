import type { ComponentChildren } from 'preact'
import type { Listed } from '../../state/listed.ts'

type Props = { list: Listed<unknown>; empty: ComponentChildren; onRetry: () => void }

const Bones = () => (
  <div class="list-bones" role="status" aria-label="Loading">
    {[0, 1, 2].map((i) => (
      <span class="bone" key={i} style={{ width: `${90 - i * 14}%`, height: '14px' }} />
    ))}
  </div>
)

/** What stands in place of a list's rows: that they come, that there are none, or why they cannot be read. */
export const ListState = ({ list: { phase, rows, error }, empty, onRetry }: Props) => {
  if (phase === 'error')
    return (
      <p class="trouble" role="alert">
        {error}{' '}
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </p>
    )
  if (rows.length > 0) return null
  return phase === 'loading' ? <Bones /> : <div class="empty">{empty}</div>
}
