import type { Topic } from '../../../wire/topics.ts'
import { chipText } from '../../state/desk/chip.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'

/** What one looks at, to be named in a message: the same as dropping its row there. */
export const useCited = (): string[] => {
  const { place, workspace } = useFloor()
  const { symbol, device } = place.value
  const shown = workspace.value
  return [
    ...(symbol !== null && shown !== 'fleet' ? [chipText('symbol', symbol)] : []),
    ...(device !== null && shown !== 'markets' ? [chipText('device', device)] : []),
  ]
}

export const Cites = ({ room }: { room: Topic }) => {
  const { drafts, look } = useDesk()
  return (
    <>
      {useCited().map((chip) => (
        <button
          key={chip}
          type="button"
          class="button small cite"
          aria-label={`Name ${chip} in the message`}
          title={`Name ${chip} in the message`}
          onClick={() => {
            drafts.cite(room, chip)
            look.write()
          }}
        >
          <span>{chip}</span>
        </button>
      ))}
    </>
  )
}
