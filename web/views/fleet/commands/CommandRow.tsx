import { type Command, isUnderWay } from '../../../../wire/commands.ts'
import { conditionsForMany } from '../../../state/commands/conditions.ts'
import { formatLeft } from '../../../state/commands/left.ts'
import { argsInWords, moodOf, stateInWords } from '../../../state/commands/words.ts'
import { formatAgo } from '../../../state/format.ts'
import { formatWhen } from '../../../state/when.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { useCommanding } from './commanding-context.ts'

/** The deadline counted down while it may still be met, else when the command ended. */
const Clock = ({ command, serverNow }: { command: Command; serverNow: number }) => {
  const { at, until, state } = command
  const waits = isUnderWay(state)
  const left = formatLeft(until - serverNow)
  return (
    <time
      class="clock"
      dateTime={new Date(waits ? until : at).toISOString()}
      title={waits ? `Deadline ${formatWhen(until, serverNow)}` : new Date(at).toLocaleString()}
    >
      {waits ? (left === 'over' ? 'deadline over' : `${left} left`) : formatAgo(Math.max(0, serverNow - at))}
    </time>
  )
}

type Props = { command: Command; serverNow: number; onCancel: (() => void) | null }

/** A command of a device: what was asked, by whom, and where it is. */
export const CommandRow = ({ command, serverNow, onCancel }: Props) => {
  const { kinds, openOrder, handle } = useCommanding()
  const { place } = useFloor()
  const { id, kind, args, by, state, order } = command
  const about = argsInWords(kinds.find(kind), args)
  const conditions = command.if === undefined ? [] : conditionsForMany(command.if)
  const title = kinds.titleOf(kind)
  return (
    <li class="command" data-command={id} data-kind={kind} data-state={state} data-mood={moodOf(state)}>
      <p class="what">
        <b class="title">{title}</b> {about !== '' && <span class="args">{about}</span>}
        <Clock command={command} serverNow={serverNow} />
      </p>
      <p class="stands">
        <span class="state">{stateInWords(command)}</span>
        <span class="by" title={`@${by.id}`}>
          {by.id === handle.value ? 'you' : by.name}
        </span>
      </p>
      {state === 'queued' && conditions.length > 0 && (
        <p class="only">Only while {conditions.map(({ text }) => text).join(' and ')}</p>
      )}
      {(onCancel !== null || order !== undefined) && (
        <p class="row-acts">
          {order !== undefined && order !== place.value.order && (
            <button type="button" class="link" onClick={() => openOrder(order)}>
              Part of an order
            </button>
          )}
          {onCancel !== null && (
            <button type="button" class="button small" aria-label={`Cancel: ${title}`} onClick={onCancel}>
              Cancel
            </button>
          )}
        </p>
      )}
    </li>
  )
}
