import { parseScreen } from '../../state/desk/screen-place.ts'
import type { Place } from '../../state/place.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'

/** The zoom at which a place is shown. */
const PLACE_ZOOM = 15

/** Opens what a message names, beside the desk; on a phone in its place. */
export const useOpen = () => {
  const { go, place, narrow, aims } = useFloor()
  const { look } = useDesk()
  /** Goes to where it can be seen: `hides` is the workspace in which it cannot. */
  const show = (change: Partial<Place>, hides: 'markets' | 'fleet'): void => {
    const other = hides === 'fleet' ? 'markets' : 'fleet'
    const unseen = place.peek().workspace === hides || (narrow.peek() && place.peek().workspace === 'split')
    go({ ...change, ...(unseen && { workspace: other }) })
    if (narrow.peek()) look.show(false)
  }
  return {
    symbol: (symbol: string): void => show({ symbol }, 'fleet'),
    device: (device: string): void => {
      show({ device }, 'markets')
      aims.map.value = { device }
    },
    place: (lat: number, lon: number): void => {
      show({}, 'markets')
      aims.map.value = { lat, lon, zoom: PLACE_ZOOM }
    },
    moment: (t: number): void => {
      show({}, 'fleet')
      aims.moment.value = t
    },
    view: (hash: string): void => {
      const { place: next, map } = parseScreen(hash, place.peek())
      go(next)
      if (map) aims.map.value = map
      if (narrow.peek()) look.show(false)
    },
    people: (): void => look.turnTo('people'),
  }
}
