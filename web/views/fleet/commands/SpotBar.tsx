import { useEffect } from 'preact/hooks'
import { useCommanding } from './commanding-context.ts'

/** While places are chosen on the map: what for, and the way out of it. */
export const SpotBar = () => {
  const { spotting } = useCommanding()
  const now = spotting.spotting.value
  const active = now !== null
  useEffect(() => {
    if (!active) return
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape') spotting.cancel()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [active, spotting])
  if (now === null) return null
  const count = now.spots.length
  return (
    <div class="spot-bar" role="status" data-spotting="">
      <span>
        <b>{now.title}:</b>{' '}
        {now.route ? `click the map for each place in order (${count} so far)` : 'click the map where it is'}
      </span>
      {now.route && (
        <>
          <button type="button" class="button small" disabled={count === 0} onClick={spotting.undo}>
            Undo
          </button>
          <button type="button" class="button small primary" disabled={count < 2} onClick={spotting.finish}>
            Done
          </button>
        </>
      )}
      <button type="button" class="button small" onClick={spotting.cancel}>
        Cancel
      </button>
    </div>
  )
}
