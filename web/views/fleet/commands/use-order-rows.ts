import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { CommandState } from '../../../../wire/commands.ts'
import { createOrderRows } from '../../../state/commands/order-rows.ts'
import { countOf, type Standing, standingNamed } from '../../../state/commands/progress.ts'
import type { ShownOrder } from '../../../state/commands/shown-order.ts'
import { useCommanding } from './commanding-context.ts'

/** How long after a change the list that is open is read again, in milliseconds. */
const AGAIN = 2_000

/** The devices that stand as was chosen: read by page, and again when there are more or fewer of them. */
export const useOrderRows = ({ id, counts }: ShownOrder, chosen: Standing | null) => {
  const { calls } = useCommanding()
  const rows = useMemo(() => createOrderRows(calls), [calls])
  const paged = useRef(false)
  const states: readonly CommandState[] = chosen === null ? [] : standingNamed(chosen).states
  const count = countOf(counts, states)
  useEffect(() => {
    paged.current = false
    if (chosen !== null) void rows.load(id, states)
  }, [rows, id, chosen])
  useEffect(() => {
    // Whoever went on to further pages is not thrown back to the first one.
    if (chosen === null || paged.current) return
    const timer = setTimeout(() => void rows.again(id, states), AGAIN)
    return () => clearTimeout(timer)
  }, [rows, id, chosen, count])
  return {
    list: rows.list.value,
    more: rows.next.value !== null,
    load: (): void => void rows.load(id, states),
    readMore: (): void => {
      paged.current = true
      void rows.more(id)
    },
  }
}
