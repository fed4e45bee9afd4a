import { type Topic, type TopicKind, topicKind } from '../../../wire/topics.ts'

/** How topics of a kind are watched: each by its name, or all that a view of the map covers. */
const WATCHED_BY = { s: 'name', c: 'view', d: 'name' } as const satisfies Record<TopicKind, 'name' | 'view'>

export const isNamed = (topic: Topic): boolean => WATCHED_BY[topicKind(topic)] === 'name'
export const isOfView = (topic: Topic): boolean => WATCHED_BY[topicKind(topic)] === 'view'
