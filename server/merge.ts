import { conflateCell, conflateDevice, conflateMarket } from '../wire/conflate.ts'
import type { DeviceUpdate } from '../wire/fleet.ts'
import { topicKind } from '../wire/topics.ts'
import type { Merge } from './live/conflate.ts'

/** How updates of each kind of topic become one. */
export const mergeUpdates: Merge = (topic, updates) => {
  const kind = topicKind(topic)
  if (kind === 's') return conflateMarket(updates)
  return kind === 'c' ? conflateCell(updates) : conflateDevice(updates as DeviceUpdate[])
}
