import type { Floor } from '../../floor.ts'

/**
 * A tab hidden for this many milliseconds watches nothing any more; seen again, it catches up by cursor. Long enough
 * that a glance at another tab costs nothing.
 */
export const PAUSE_AFTER = 15_000

/** What hears of it. */
type Woken = Pick<Floor, 'pause' | 'resume' | 'hurry' | 'tick' | 'sleep' | 'setOnline'>

/** Tells the floor when the tab is hidden or seen, frozen or woken, and when the network goes or comes. */
export const followVisibility = (floor: Woken): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(() => void floor.pause(), PAUSE_AFTER)
    else {
      floor.resume()
      floor.hurry()
      floor.tick()
    }
  })
  document.addEventListener('freeze', floor.sleep)
  document.addEventListener('resume', () => {
    floor.tick()
    floor.hurry()
  })
  addEventListener('online', () => floor.setOnline(true))
  addEventListener('offline', () => floor.setOnline(false))
  if (!navigator.onLine) floor.setOnline(false)
}
