import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** Rows that are made beyond what is seen, above and below. */
const BESIDE = 12

/** Which of many rows of one height are made: those in sight, and some beside. */
export type Sight = {
  scroller: RefObject<HTMLDivElement | null>
  /** The first row that is made, and the one after the last. */
  from: number
  to: number
  /** Brings a row into sight. */
  reveal: (index: number) => void
}

/** `height`: of a row, `head`: of what stays above the rows, in pixels. */
export const useWindow = (count: number, height: number, head: number): Sight => {
  const scroller = useRef<HTMLDivElement>(null)
  const top: Signal<number> = useSignal(0)
  const room: Signal<number> = useSignal(600)
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = (): void => {
      // Whole steps: a row more or less makes no difference.
      top.value = Math.floor(box.scrollTop / (height * 4)) * height * 4
      room.value = box.clientHeight
    }
    look()
    const sizes = new ResizeObserver(look)
    sizes.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [top, room, height])
  const from = Math.max(0, Math.min(count, Math.floor(top.value / height) - BESIDE))
  const to = Math.min(count, Math.ceil((top.value + room.value) / height) + 4 + BESIDE)
  const reveal = (index: number): void => {
    const box = scroller.current
    if (!box) return
    const at = index * height
    const below = box.clientHeight - head
    if (at < box.scrollTop) box.scrollTop = at
    else if (at + height > box.scrollTop + below) box.scrollTop = at + height - below
  }
  return { scroller, from, to, reveal }
}
