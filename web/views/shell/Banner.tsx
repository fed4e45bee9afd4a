import { troubleOf } from '../../state/trouble.ts'
import { useFloor } from '../shared/floor-context.ts'

/** What everyone has to know now: data has stopped, or cannot come. */
export const Banner = () => {
  const { link, hurry } = useFloor()
  const trouble = troubleOf(link)
  if (trouble === null) return null
  const { kind, text, grave, old, retry } = trouble
  return (
    <div class={grave ? 'banner bad' : 'banner'} role={old ? 'alert' : 'status'} data-banner={kind}>
      <span>{text}</span>
      {kind === 'waiting' && (
        <button type="button" class="button" disabled={!retry} onClick={hurry}>
          Try now
        </button>
      )}
    </div>
  )
}
