import type { Registry } from 'prom-client'
import { type Counted, SAID } from '../rooms/say.ts'
import { slots } from './slots.ts'

/** Counts what people write. */
export const countRooms = (registry: Registry) => {
  const messages = slots(registry, {
    name: 'watchfloor_messages_total',
    help: 'Messages that clients of this node wrote into rooms: new ones, ones that were said again, and changes',
    label: 'said',
    values: SAID,
  })
  return {
    said: (said: Counted): void => {
      messages[said].n++
    },
  }
}
