import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** A popover beside its button, both inside `root`. A click anywhere else closes it, and so does Escape. */
export const usePopover = () => {
  const open = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const leave = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false
    }
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !open.peek()) return
      // What had the focus is about to go.
      if (root.current?.contains(document.activeElement)) root.current.querySelector('button')?.focus()
      open.value = false
    }
    addEventListener('pointerdown', leave)
    addEventListener('keydown', press)
    return () => {
      removeEventListener('pointerdown', leave)
      removeEventListener('keydown', press)
    }
  }, [open])
  const toggle = () => {
    open.value = !open.value
  }
  return { open, root, toggle }
}
