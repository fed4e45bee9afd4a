import { MOST_PICKED } from '../../../state/commands/picked.ts'
import { devicesInWords } from '../../../state/commands/words.ts'
import { useCommanding } from './commanding-context.ts'

/** What may be done with the devices that are picked; nothing where none is. */
export const PickedBar = ({ onAsk }: { onAsk?: () => void }) => {
  const { picked, askMany } = useCommanding()
  const { size } = picked.picked.value
  if (size === 0) return null
  return (
    <div class="picked-bar" role="status" data-picked={size}>
      <span class="how-many">
        <b>{devicesInWords(size)}</b> picked{size === MOST_PICKED && ': as many as there may be'}
      </span>
      <button
        type="button"
        class="button small primary"
        onClick={() => {
          askMany({ to: { devices: [...picked.picked.peek()] } })
          onAsk?.()
        }}
      >
        Command…
      </button>
      <button type="button" class="button small" onClick={picked.clear}>
        Clear
      </button>
    </div>
  )
}
