import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Message } from '../../../wire/rooms.ts'
import type { Topic } from '../../../wire/topics.ts'

/** What comes within so long is read out together, in milliseconds; more messages than so many only as a number. */
const GATHER = 1_200
const MOST_READ = 3

const inWords = (news: readonly Message[]): string =>
  news.length > MOST_READ ? `${news.length} new messages` : news.map(({ by, text }) => `${by.name}: ${text}`).join('. ')

/** New messages of others as a screen reader is to say them: politely, and not each by itself where many come. */
export const useSpoken = (room: Topic, ready: boolean, messages: readonly Message[], me: string | null) => {
  const spoken = useSignal('')
  const now = useRef(messages)
  const said = useRef<{ room: Topic; n: number } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  now.current = messages
  const last = messages.at(-1)?.n ?? 0
  useEffect(() => {
    if (!ready) return
    if (said.current?.room !== room) {
      said.current = { room, n: last }
      spoken.value = ''
    }
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      const from = said.current
      if (from === null) return
      const news = now.current.filter(({ n, by }) => n > from.n && by.id !== me)
      said.current = { ...from, n: Math.max(from.n, now.current.at(-1)?.n ?? 0) }
      if (news.length > 0) spoken.value = inWords(news)
    }, GATHER)
  }, [room, ready, last])
  useEffect(() => () => clearTimeout(timer.current), [])
  return spoken
}
