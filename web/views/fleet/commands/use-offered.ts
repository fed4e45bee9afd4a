import type { CommandKind, CommandTo } from '../../../../wire/commands.ts'
import type { Action } from '../../../../wire/grants.ts'
import { deviceTopic } from '../../../../wire/topics.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { useCommanding } from './commanding-context.ts'

/** Whether this person may do this to a device, or to any where several are meant. The node asks for each by itself. */
export const useMayAsk = (to: CommandTo) => {
  const { people, commands } = useFloor()
  // Nothing is asked where there are no commands: in the past.
  if (commands === null) return () => false
  return (action: Action): boolean =>
    'devices' in to && to.devices.length === 1
      ? to.devices.every((id) => people.may(action, deviceTopic(id)))
      : people.mayAny(action, 'd:')
}

/** The kinds of commands that this person may ask of these devices. */
export const useOffered = (to: CommandTo): readonly CommandKind[] => {
  const { kinds } = useCommanding()
  const may = useMayAsk(to)
  return may('command') ? kinds.list.value.rows.filter(({ dangerous }) => !dangerous || may('danger')) : []
}
