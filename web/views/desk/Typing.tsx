import type { Topic } from '../../../wire/topics.ts'
import { useDesk } from './desk-context.ts'

const inWords = (names: readonly string[]): string => {
  const [a, b, ...more] = names
  if (a === undefined) return ''
  if (b === undefined) return `${a} is typing…`
  return more.length === 0 ? `${a} and ${b} are typing…` : `${a}, ${b} and ${more.length} more are typing…`
}

/** Who writes in this room just now. */
export const Typing = ({ room }: { room: Topic }) => {
  const { rooms, handle } = useDesk()
  const others = rooms.thread(room).value.typing.filter(({ id }) => id !== handle.value)
  return (
    <p class="typing" data-typing={others.map(({ id }) => id).join(' ')}>
      {inWords(others.map(({ name }) => name))}
    </p>
  )
}
