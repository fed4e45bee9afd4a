import { useEffect } from 'preact/hooks'
import type { Floor } from '../../floor.ts'
import { isTyping } from '../shared/is-typing.ts'

export const PAST_KEYS = { open: 't', live: 'l', play: ' ', back: 'ArrowLeft', on: 'ArrowRight' } as const
/** How far the clock goes with a key or a button, and with Shift, in milliseconds. */
export const STEP = 60_000
export const LONG_STEP = 10 * STEP

export const stepOf = (way: 1 | -1, long: boolean): number => way * (long ? LONG_STEP : STEP)

/** What takes the arrow keys, or the space bar, for itself. */
const MOVES = '[role="application"], [role="slider"], [role="tablist"], [role="log"], tr[tabindex]'
const PRESSED = 'button, a, summary'

const isWithin = (target: EventTarget | null, what: string): boolean =>
  target instanceof Element && target.closest(what) !== null

/** What a key does to the clock; whether it did anything. */
const press = ({ key, target, shiftKey }: KeyboardEvent, past: NonNullable<Floor['past']>): boolean => {
  if (key === PAST_KEYS.live) past.live()
  else if (key === PAST_KEYS.play && !isWithin(target, PRESSED)) {
    if (past.speed.peek() === 0) past.play()
    else past.pause()
  } else if ((key === PAST_KEYS.back || key === PAST_KEYS.on) && !isWithin(target, MOVES))
    past.step(stepOf(key === PAST_KEYS.on ? 1 : -1, shiftKey))
  else return false
  return true
}

/** Keys that work where nothing is typed: `t` opens and closes the clock's panel; in the past the others move it. */
export const usePastKeys = ({ past }: Floor, toggle: () => void): void => {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const { defaultPrevented, ctrlKey, metaKey, altKey, target, key } = event
      if (defaultPrevented || ctrlKey || metaKey || altKey || isTyping(target)) return
      if (key === PAST_KEYS.open) toggle()
      else if (past === null || !press(event, past)) return
      event.preventDefault()
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [past, toggle])
}
