import { useEffect, useRef } from 'preact/hooks'
import { chipText } from '../../state/desk/chip.ts'
import type { Desk } from '../../state/desk/desk.ts'
import { isTyping } from '../shared/is-typing.ts'

/** Keys that work where nothing is typed: `d` opens and closes the desk, `c` names what one looks at in a message. */
export const useDeskKeys = (desk: Desk, cited: readonly string[]): void => {
  const looked = useRef(cited)
  looked.current = cited
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !desk.rights.any()) return
      if (event.key === 'd') {
        if (desk.look.open.peek()) desk.look.show(false)
        else desk.look.write()
      } else if (event.key === 'c') {
        const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-symbol]') : null
        const [chip] = row?.dataset.symbol ? [chipText('symbol', row.dataset.symbol)] : looked.current
        if (chip === undefined || desk.handle.peek() === null) return
        desk.drafts.cite(desk.look.room.peek(), chip)
        desk.look.write()
      } else return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [desk])
}
