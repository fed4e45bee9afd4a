import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Topic } from '../../../wire/topics.ts'
import { lengthOf } from '../../state/desk/length.ts'
import { MOST_UNSENT } from '../../state/desk/outbox.ts'
import { roomName } from '../../state/desk/room-names.ts'
import { Cites } from './Cites.tsx'
import { Completions, optionId } from './Completions.tsx'
import { useDesk } from './desk-context.ts'
import { useCompletion } from './use-completion.ts'

const LIST = 'desk-completions'
const MOST_ROWS = 8

/** Sends, or saves, what is being written. */
const useSend = (room: Topic) => {
  const { drafts, outbox, telling } = useDesk()
  return (): void => {
    const { text, n, announce } = drafts.of(room)
    const own = text.trim()
    if (own === '' || lengthOf(own).over || !outbox.say(room, own, { n, announce: n === null && announce })) return
    drafts.clear(room)
    telling.wrote()
  }
}

/** Up in an empty field: the last message of one's own that can be changed. */
const useEditLast = (room: Topic) => {
  const { drafts, rooms, handle } = useDesk()
  return (): boolean => {
    const { messages } = rooms.thread(room).peek()
    const own = messages.findLast(({ by, deleted }) => by.id === handle.peek() && deleted === undefined)
    if (own) drafts.edit(room, own.n, own.text)
    return own !== undefined
  }
}

/** The field, its cursor kept where the draft has it. */
const useField = (room: Topic) => {
  const { drafts, look } = useDesk()
  const field = useRef<HTMLTextAreaElement>(null)
  const { text, at, n } = drafts.of(room)
  const called = look.called.value
  useLayoutEffect(() => {
    if (field.current && field.current.selectionStart !== at) field.current.setSelectionRange(at, at)
  }, [text, at])
  useEffect(() => {
    if (!called && n === null) return
    field.current?.focus()
    look.answered()
  }, [called, n])
  return field
}

const Foot = ({ room, onSend }: { room: Topic; onSend: () => void }) => {
  const { drafts, rights, outbox } = useDesk()
  const { text, n, announce } = drafts.of(room)
  const { over, told } = lengthOf(text)
  const full = outbox.unsent.value.length >= MOST_UNSENT
  return (
    <div class="foot">
      {n === null && rights.announces(room) && (
        <button
          type="button"
          class="button small"
          aria-pressed={announce}
          title="Put this message into everyone’s inbox, too"
          onClick={() => drafts.announce(room, !announce)}
        >
          To everyone
        </button>
      )}
      {n === null && <Cites room={room} />}
      <span class="spring" />
      {full && <span class="over">{MOST_UNSENT} messages wait to be sent</span>}
      {told !== null && (
        <span class={over ? 'over' : 'length'} role="status">
          {told}
        </span>
      )}
      <button type="button" class="button primary" disabled={over || full || text.trim() === ''} onClick={onSend}>
        {n === null ? 'Send' : 'Save'}
      </button>
    </div>
  )
}

/** Where one writes. Enter sends, Shift and Enter begin a new line, Up changes the last message, Escape leaves. */
export const Composer = ({ room, onLeave }: { room: Topic; onLeave: () => void }) => {
  const { drafts, telling } = useDesk()
  const field = useField(room)
  const send = useSend(room)
  const editLast = useEditLast(room)
  const { choices, chosen, take, press } = useCompletion(room)
  const draft = drafts.of(room)
  const { text, n } = draft
  const follow = ({ selectionStart, value }: HTMLTextAreaElement): void => {
    if (selectionStart !== drafts.of(room).at || value !== drafts.of(room).text)
      drafts.write(room, value, selectionStart)
  }
  const key = (event: KeyboardEvent): boolean => {
    if (press(event)) return true
    if (event.key === 'Enter' && !event.shiftKey) send()
    else if (event.key === 'ArrowUp' && text === '' && n === null) return editLast()
    else if (event.key === 'Escape' && n !== null) drafts.clear(room)
    else if (event.key === 'Escape') onLeave()
    else return false
    return true
  }
  return (
    <div class="composer" data-announce={draft.announce ? '' : undefined}>
      {n !== null && (
        <p class="editing">
          Editing your message
          <button type="button" class="button small" onClick={() => drafts.clear(room)}>
            Cancel
          </button>
        </p>
      )}
      <Completions id={LIST} choices={choices} chosen={chosen} onTake={take} />
      <textarea
        ref={field}
        rows={Math.min(MOST_ROWS, text.split('\n').length)}
        aria-label={n === null ? `Message to ${roomName(room)}` : 'Change your message'}
        aria-autocomplete="list"
        aria-controls={LIST}
        aria-activedescendant={choices.length > 0 && chosen >= 0 ? optionId(LIST, chosen) : undefined}
        placeholder={`Message to ${roomName(room)}`}
        enterkeyhint="send"
        value={text}
        onInput={({ currentTarget }) => {
          follow(currentTarget)
          if (currentTarget.value !== '' && n === null) telling.typing(room)
        }}
        onSelect={({ currentTarget }) => follow(currentTarget)}
        onKeyUp={({ currentTarget }) => follow(currentTarget)}
        onClick={({ currentTarget }) => follow(currentTarget)}
        onKeyDown={(event) => {
          // While letters are being composed, as for Japanese, these keys are meant for them.
          if (event.isComposing || !key(event)) return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      <Foot room={room} onSend={send} />
    </div>
  )
}
