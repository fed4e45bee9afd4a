import { kindAt } from '../../../wire/kinds/kinds.ts'
import { type Topic, topicKind } from '../../../wire/topics.ts'

const byName = (topic: Topic): boolean | undefined => kindAt(topicKind(topic))?.kind.byName

/** Whether topics of this kind are watched each by its name. */
export const isNamed = (topic: Topic): boolean => byName(topic) === true
/** Whether they are watched by a view of the map that covers them. */
export const isOfView = (topic: Topic): boolean => byName(topic) === false
