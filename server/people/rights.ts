import { type Action, allows, type Extent, extentOf, grantsFor, type Office } from '../../wire/grants.ts'
import { parseTopic, type Topic } from '../../wire/topics.ts'
import type { Person } from './person.ts'

export type RightsPorts = {
  /** Unix milliseconds. */
  now: () => number
  /** Whether what lets a person in was taken back, or whoever made it lost their own right. */
  isRevoked: (person: Person) => boolean
}

/** What a person may do, at the moment of asking: everything that anybody does is asked here. */
export type Rights = {
  /** Whether what lets them in still does: it has not ended, and nobody took it back. */
  standing: (person: Person) => boolean
  may: (person: Person, action: Action, topic: Topic) => boolean
  mayWatch: (person: Person, topic: Topic) => boolean
  /** How much they may watch of all the topics whose names begin with `start`. */
  extent: (person: Person, start: string) => Extent
  mayManage: (person: Person, office: Office) => boolean
}

/** How the rooms begin that may be about another topic: `m:s:AAPL` has notes on `s:AAPL`. */
const ROOM = 'm:'
const aboutOf = (topic: Topic): Topic | null => (topic.startsWith(ROOM) ? parseTopic(topic.slice(ROOM.length)) : null)

/** Whether the grants say so. A room about a topic is for those only who may watch that topic. */
const granted = (person: Person, action: Action, topic: Topic): boolean => {
  if (!allows(person.grants, person.id, action, topic)) return false
  const about = aboutOf(topic)
  return about === null || granted(person, 'watch', about)
}

export const createRights = ({ now, isRevoked }: RightsPorts): Rights => {
  const standing: Rights['standing'] = (person) => (person.until === null || now() < person.until) && !isRevoked(person)
  const may: Rights['may'] = (person, action, topic) => granted(person, action, topic) && standing(person)
  return {
    standing,
    may,
    mayWatch: (person, topic) => may(person, 'watch', topic),
    extent: (person, start) => (standing(person) ? extentOf(person.grants, 'watch', start) : 'none'),
    mayManage: (person, office) => grantsFor(person.grants, 'manage', office) && standing(person),
  }
}
