import type { RefObject } from 'preact'
import { useCommanding } from './commanding-context.ts'
import { useMayAsk } from './use-offered.ts'

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }

/** The box of the row that lies so many rows away. */
const boxNear = (box: HTMLInputElement, step: number): HTMLInputElement | undefined => {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[data-pick]')]
  return boxes[boxes.indexOf(box) + step]
}

/**
 * Picks a device of a list, to ask something of several at once. Shift and a click, or Shift and Space, picks all from
 * the last one on; arrow keys go from row to row, and with Shift pick on the way. `listed`: the rows, in their order.
 */
export const PickBox = ({ id, listed }: { id: string; listed: RefObject<readonly string[]> }) => {
  const { picked } = useCommanding()
  const may = useMayAsk({ devices: [id] })
  if (!may('command')) return null
  return (
    <input
      type="checkbox"
      class="pick-box"
      data-pick={id}
      aria-label={`Pick ${id}`}
      checked={picked.picked.value.has(id)}
      onClick={(event) => {
        event.stopPropagation()
        if (event.shiftKey) picked.reach(id, listed.current ?? [])
        else picked.toggle(id)
        event.currentTarget.checked = picked.picked.peek().has(id)
      }}
      onKeyDown={(event) => {
        const next = boxNear(event.currentTarget, STEPS[event.key] ?? 0)
        if (STEPS[event.key] === undefined || next === undefined) return
        event.preventDefault()
        event.stopPropagation()
        next.focus()
        if (event.shiftKey && next.dataset.pick !== undefined) picked.reach(next.dataset.pick, listed.current ?? [])
      }}
    />
  )
}

/** Picks all rows that are listed, or none of them. */
export const PickAll = ({ listed }: { listed: readonly string[] }) => {
  const { picked } = useCommanding()
  const may = useMayAsk({ group: '' })
  const count = listed.filter((id) => picked.picked.value.has(id)).length
  const all = count > 0 && count === listed.length
  if (!may('command')) return null
  return (
    <input
      type="checkbox"
      class="pick-box"
      aria-label="Pick all that are listed"
      checked={all}
      ref={(box) => {
        if (box) box.indeterminate = count > 0 && !all
      }}
      onClick={() => picked.all(listed, !all)}
    />
  )
}
