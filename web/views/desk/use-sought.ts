import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Topic } from '../../../wire/topics.ts'
import { useDesk } from './desk-context.ts'

/** How long a message that was looked for stays marked, in milliseconds. */
const MARKED = 3_000

/** Shows the message that somebody looks for, once it is there. Returns the number of the one that is marked. */
export const useSought = (
  room: Topic,
  ready: boolean,
  log: RefObject<HTMLElement | null>,
  leaveEnd: () => void,
): number | null => {
  const { look, past } = useDesk()
  const marked = useSignal<number | null>(null)
  const sought = look.sought.value
  useEffect(() => {
    if (!ready || sought?.room !== room) return
    let gone = false
    void past.reach(room, sought.n).then((there) => {
      if (gone) return
      look.found()
      if (!there) return
      leaveEnd()
      marked.value = sought.n
      requestAnimationFrame(() => {
        const found = log.current?.querySelector<HTMLElement>(`[data-n="${sought.n}"]`)
        found?.scrollIntoView({ block: 'center' })
        found?.focus({ preventScroll: true })
      })
    })
    return () => {
      gone = true
    }
  }, [room, ready, sought])
  useEffect(() => {
    if (marked.value === null) return
    const timer = setTimeout(() => {
      marked.value = null
    }, MARKED)
    return () => clearTimeout(timer)
  }, [marked.value])
  return marked.value
}
