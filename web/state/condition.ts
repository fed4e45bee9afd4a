import { signal } from '@preact/signals'
import type { Notice } from '../../wire/protocol.ts'

/** What the node says of the data's way here: whether it has Redis, and whether it holds updates back for us. */
export const createCondition = (note: (text: string, grave?: boolean) => void) => {
  const redisDown = signal(false)
  /**
   * Everything is conflated for this browser, at so many frames a second, because it cannot keep up; null: it is not.
   */
  const slowed = signal<number | null>(null)

  const becomeSlowed = (rate: number | null): void => {
    const before = slowed.value
    slowed.value = rate
    if (before === null && rate !== null) note('This browser can’t keep up: updates come less often', true)
    if (before !== null && rate === null) note('This browser keeps up again: every update comes')
  }
  const becomeDown = (down: boolean): void => {
    if (down === redisDown.value) return
    redisDown.value = down
    note(down ? 'The node lost its connection to Redis: no new data' : 'Redis is back, and data flows again', down)
  }

  return {
    redisDown,
    slowed,
    notice: (told: Notice): void => {
      if (told.kind === 'shutdown') note('The node is shutting down: moving to another one')
      else if (told.kind === 'slowed') becomeSlowed(told.rate)
      else if (told.kind === 'redis_down') becomeDown(true)
      else if (told.kind === 'redis_up') becomeDown(false)
      else if (told.kind === 'withdrawn') note('Something that was watched may not be seen any more', true)
    },
    /** A new connection: as long as the node says nothing else, all is well. */
    reset: (): void => {
      redisDown.value = false
      slowed.value = null
    },
  }
}
