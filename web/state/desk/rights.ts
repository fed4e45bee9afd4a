import type { DeskPerson } from './person.ts'
import { roomTopic, subjectOf } from './room-names.ts'

/**
 * What one may do in rooms, as far as the dashboard knows: it offers nothing that a node would refuse. The node
 * decides.
 */
export const createRights = ({ may, mayAny }: Pick<DeskPerson, 'may' | 'mayAny'>) => {
  /** A room about something is seen only by those who may see that. */
  const sees = (room: string): boolean => {
    const [topic, subject] = [roomTopic(room), subjectOf(room)]
    return topic !== null && may('watch', topic) && (subject === null || may('watch', subject))
  }
  /** By their grants: one without a name must give one first. */
  const says = (room: string): boolean => {
    const topic = roomTopic(room)
    return topic !== null && sees(room) && may('say', topic)
  }
  return {
    may,
    sees,
    says,
    announces: (room: string): boolean => {
      const topic = roomTopic(room)
      return topic !== null && says(room) && may('announce', topic)
    },
    /** Whether there may be any room to see. */
    any: (): boolean => mayAny('watch', 'm:'),
  }
}
export type RoomRights = ReturnType<typeof createRights>
