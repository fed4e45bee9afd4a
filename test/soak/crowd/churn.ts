import type { Random } from '../../../simulators/random.ts'
import type { Roamer } from './roamer.ts'
import { dragged, someTopic, someTuning, someView } from './wishes.ts'

/**
 * What changes in a crowd, by chance: a watch more, one less, another way, another place on the map, another node, gone
 * for a while.
 */
export type Change = 'watch' | 'unwatch' | 'tune' | 'drag' | 'jump' | 'blind' | 'move' | 'away' | 'leave'

const SHARES: readonly (readonly [change: Change, share: number])[] = [
  ['watch', 20],
  ['unwatch', 20],
  ['tune', 15],
  ['drag', 20],
  ['jump', 6],
  ['blind', 3],
  ['move', 6],
  ['away', 6],
  ['leave', 4],
]
const ALL = SHARES.reduce((sum, [, share]) => sum + share, 0)

export const someChange = ({ next }: Random): Change => {
  let draw = next() * ALL
  for (const [change, share] of SHARES) {
    draw -= share
    if (draw < 0) return change
  }
  return 'drag'
}

const AWAY_MS = 3000

/** Makes a change in one roamer; `leave` is for its crowd to do. */
export const change = (
  roamer: Roamer,
  what: Exclude<Change, 'leave'>,
  random: Random,
  someNode: () => string,
): void => {
  const { topics, view } = roamer.wishes()
  const watched = [...topics.keys()]
  const one = watched[random.below(Math.max(watched.length, 1))]
  if (what === 'watch') roamer.watch(someTopic(random), someTuning(random))
  else if (what === 'unwatch' && one) roamer.unwatch(one)
  else if (what === 'tune' && one) roamer.tune(one, someTuning(random))
  else if (what === 'drag' && view) roamer.look({ ...view, bounds: dragged(view.bounds, random) })
  else if (what === 'drag' || what === 'jump')
    roamer.look({ bounds: someView(random), tuning: view?.tuning ?? someTuning(random) })
  else if (what === 'blind') roamer.look(null)
  else if (what === 'move') roamer.goTo(someNode())
  else if (what === 'away') {
    roamer.away()
    setTimeout(() => roamer.goTo(someNode()), random.next() * AWAY_MS)
  }
}
