import type { Tuning } from '../../wire/protocol.ts'
import { deviceTopic, parseTopic, REGISTER, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { Place, Workspace } from './place.ts'

/** The workspace that is seen: a phone shows one at a time. */
export const shownWorkspace = (workspace: Workspace, narrow: boolean): Workspace =>
  narrow && workspace === 'split' ? 'markets' : workspace

/** What is looked at closely: every update. */
const CLOSELY: Tuning = {}
/** A row on the screen: the latest figures, as often as an eye can follow. */
export const IN_SIGHT = { mode: 'latest', rate: 5 } as const satisfies Tuning
/** A row that is scrolled away: right when it comes back, and nearly for nothing until then. */
export const OUT_OF_SIGHT = { mode: 'latest', rate: 0.2 } as const satisfies Tuning

/** What may wait for a second. */
const NOW_AND_THEN = { mode: 'latest', rate: 1 } as const satisfies Tuning

/** The topics that what is on the screen needs, cells excepted, and how closely; nothing else is watched. */
export const wantedTopics = (
  { workspace, symbol, device, order }: Pick<Place, 'workspace' | 'symbol' | 'device' | 'order'>,
  symbols: readonly string[],
  hidden: ReadonlySet<string>,
): Map<Topic, Tuning> => {
  const wanted = new Map<Topic, Tuning>()
  if (workspace !== 'fleet') {
    for (const one of symbols) wanted.set(symbolTopic(one), hidden.has(one) ? OUT_OF_SIGHT : IN_SIGHT)
    if (symbol !== null) wanted.set(symbolTopic(symbol), CLOSELY)
  }
  if (workspace !== 'markets') wanted.set(REGISTER, NOW_AND_THEN)
  if (workspace !== 'markets' && device !== null) wanted.set(deviceTopic(device), CLOSELY)
  const topic = order === undefined ? null : parseTopic(`o:${order}`)
  if (workspace !== 'markets' && topic !== null) wanted.set(topic, IN_SIGHT)
  return wanted
}
export type Wanted = typeof wantedTopics

/** Without what only the whole floor needs: somebody who sees a share waits for no new groups of devices. */
export const wantedOfShare: Wanted = (seen, symbols, hidden) => {
  const wanted = wantedTopics(seen, symbols, hidden)
  wanted.delete(REGISTER)
  return wanted
}
