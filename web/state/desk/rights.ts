import type { Topic } from '../../../wire/topics.ts'
import type { DeskPerson } from './person.ts'
import { subjectOf } from './room-names.ts'

/**
 * What one may do in rooms, as far as the dashboard knows: it offers nothing that a node would refuse. The node
 * decides.
 */
export const createRights = ({ may, mayAny }: Pick<DeskPerson, 'may' | 'mayAny'>) => {
  /** A room about something is seen only by those who may see that. */
  const sees = (room: Topic): boolean => {
    const subject = subjectOf(room)
    return may('watch', room) && (subject === null || may('watch', subject))
  }
  /** By their grants: one without a name must give one first. */
  const says = (room: Topic): boolean => sees(room) && may('say', room)
  return {
    may,
    sees,
    says,
    announces: (room: Topic): boolean => says(room) && may('announce', room),
    /** Whether there may be any room to see. */
    any: (): boolean => mayAny('watch', 'm:'),
  }
}
export type RoomRights = ReturnType<typeof createRights>
