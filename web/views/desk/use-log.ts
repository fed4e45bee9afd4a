import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Topic } from '../../../wire/topics.ts'
import type { Thread } from '../../state/desk/thread.ts'
import type { Unsent } from '../../state/desk/unsent.ts'
import { useDesk } from './desk-context.ts'

/** This near to the end, in pixels, one is at the end; this near to the beginning older messages are read. */
const AT_END = 32
const NEAR_BEGINNING = 300

/**
 * Where one is in a room: at its end, as long as one was there, whatever comes; else where one was. What is seen at the
 * end is read.
 */
export const useLog = (room: Topic, { messages, count }: Thread, unsent: readonly Unsent[]) => {
  const { inbox, look, marks, past, rooms, attention } = useDesk()
  const log = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const before = useRef({ room, first: 0, height: 0, unsent: 0 })
  const below = useSignal(0)
  const seen = useRef(0)
  const last = messages.at(-1)?.n ?? 0
  const first = messages[0]?.n ?? 0

  const toEnd = (): void => {
    const box = log.current
    if (box) box.scrollTop = box.scrollHeight
  }
  const settle = (): void => {
    if (!atEnd.current || !attention.visible()) return
    seen.current = last
    below.value = 0
    if (inbox.known.value && count > 0) marks.read(room, count)
  }

  useLayoutEffect(() => {
    const box = log.current
    if (!box) return
    const was = before.current
    if (was.room !== room) seen.current = 0
    // Another room, and whoever has just written, begin at the end.
    if (was.room !== room || unsent.length > was.unsent) atEnd.current = true
    else if (!atEnd.current && first < was.first) box.scrollTop += box.scrollHeight - was.height
    if (atEnd.current && look.sought.peek() === null) toEnd()
    before.current = { room, first, height: box.scrollHeight, unsent: unsent.length }
    if (atEnd.current) settle()
    else below.value = messages.filter(({ n }) => n > seen.current).length
  }, [room, messages, unsent, inbox.known.value])

  useEffect(() => {
    const box = log.current
    if (!box) return
    const sizes = new ResizeObserver(() => {
      if (atEnd.current) toEnd()
    })
    sizes.observe(box)
    const list = box.firstElementChild
    if (list) sizes.observe(list)
    return () => sizes.disconnect()
  }, [])
  useEffect(() => {
    // Somebody looks again.
    document.addEventListener('visibilitychange', settle)
    addEventListener('focus', settle)
    return () => {
      document.removeEventListener('visibilitychange', settle)
      removeEventListener('focus', settle)
    }
  })

  const onScroll = (): void => {
    const box = log.current
    if (!box) return
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END
    before.current.height = box.scrollHeight
    if (box.scrollTop < NEAR_BEGINNING) past.older(room)
    if (!atEnd.current) return
    settle()
    rooms.cut(room)
  }
  return {
    log,
    onScroll,
    below,
    toEnd: (): void => {
      atEnd.current = true
      toEnd()
      settle()
    },
    leaveEnd: (): void => {
      atEnd.current = false
    },
  }
}
