import { deviceTopic, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { Place, Workspace } from './place.ts'

/** The workspace that is seen: a phone shows one at a time. */
export const shownWorkspace = (workspace: Workspace, narrow: boolean): Workspace =>
  narrow && workspace === 'split' ? 'markets' : workspace

/** The topics that what is on the screen needs, cells excepted; nothing else is watched. */
export const wantedTopics = (
  { workspace, symbol, device }: Pick<Place, 'workspace' | 'symbol' | 'device'>,
  symbols: readonly string[],
): Set<Topic> => {
  const wanted = new Set<Topic>()
  if (workspace !== 'fleet') {
    for (const one of symbols) wanted.add(symbolTopic(one))
    if (symbol !== null) wanted.add(symbolTopic(symbol))
  }
  if (workspace !== 'markets' && device !== null) wanted.add(deviceTopic(device))
  return wanted
}
