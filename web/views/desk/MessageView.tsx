import { useSignal } from '@preact/signals'
import type { Message } from '../../../wire/rooms.ts'
import type { Topic } from '../../../wire/topics.ts'
import type { Unsent } from '../../state/desk/unsent.ts'
import { useDesk } from './desk-context.ts'
import { Face } from './Face.tsx'
import { Text } from './Text.tsx'
import { momentOf, timeOf } from './times.ts'

type Props = {
  room: Topic
  message: Message
  first: boolean
  own: boolean
  sought: boolean
  /** A change of it that is on its way. */
  change: Unsent | undefined
}

/** What one may do with a message of one's own. To delete takes two clicks. */
const Actions = ({ room, message }: Pick<Props, 'room' | 'message'>) => {
  const { drafts, outbox } = useDesk()
  const sure = useSignal(false)
  return (
    <span class="actions">
      <button type="button" onClick={() => drafts.edit(room, message.n, message.text)}>
        Edit
      </button>
      <button
        type="button"
        class={sure.value ? 'sure' : ''}
        onBlur={() => {
          sure.value = false
        }}
        onClick={() => {
          if (sure.value) outbox.say(room, '', { n: message.n })
          sure.value = !sure.value
        }}
      >
        {sure.value ? 'Really delete?' : 'Delete'}
      </button>
    </span>
  )
}

const Body = ({ message, change }: Pick<Props, 'message' | 'change'>) => {
  const { outbox } = useDesk()
  const text = change?.text ?? message.text
  if (message.deleted !== undefined || (change !== undefined && text === ''))
    return <p class="gone">{change === undefined ? 'Message deleted' : 'Deleting…'}</p>
  return (
    <>
      <Text text={text} to={message.to ?? []}>
        {change === undefined && message.edited !== undefined && (
          <small title={`Edited ${momentOf(message.edited)}`}> edited</small>
        )}
        {change !== undefined && change.phase !== 'refused' && <small> saving…</small>}
      </Text>
      {change?.phase === 'refused' && (
        <p class="refused">
          Not changed: {change.error}{' '}
          <button type="button" class="button" onClick={() => outbox.discard(change.id)}>
            Discard
          </button>
        </p>
      )}
    </>
  )
}

/** A message; drawn again only when something of it has changed, for it follows signals. */
export const MessageView = ({ room, message, first, own, sought, change }: Props) => {
  const { by, t, n, announced, deleted } = message
  const { rights } = useDesk()
  return (
    <li
      class={`message${first ? ' first' : ''}${announced ? ' announced' : ''}${sought ? ' sought' : ''}`}
      data-n={n}
      data-by={by.id}
      tabIndex={-1}
    >
      {first ? <Face id={by.id} name={by.name} /> : <time title={momentOf(t)}>{timeOf(t)}</time>}
      <div>
        {first && (
          <header>
            <b class="author" dir="auto" title={`@${by.id}`}>
              {by.name}
            </b>
            <time dateTime={new Date(t).toISOString()} title={momentOf(t)}>
              {timeOf(t)}
            </time>
            {announced && <span class="to-all">to everyone</span>}
          </header>
        )}
        <Body message={message} change={change} />
      </div>
      {own && deleted === undefined && change === undefined && rights.says(room) && (
        <Actions room={room} message={message} />
      )}
    </li>
  )
}
