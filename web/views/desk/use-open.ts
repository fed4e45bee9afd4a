import { parseScreen } from '../../state/desk/screen-place.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'

/** The zoom at which a place is shown. */
const PLACE_ZOOM = 15

/** Opens what a message names, beside the desk; on a phone in its place. */
export const useOpen = () => {
  const { go, place, narrow, aims } = useFloor()
  const { look } = useDesk()
  const shown = () => {
    if (narrow.peek()) look.show(false)
  }
  const { workspace } = place.value
  const withChart = workspace === 'fleet' ? { workspace: 'markets' as const } : {}
  const withMap = workspace === 'markets' ? { workspace: 'fleet' as const } : {}
  return {
    symbol: (symbol: string): void => {
      go({ symbol, ...withChart })
      shown()
    },
    device: (device: string): void => {
      go({ device, ...withMap })
      aims.map.value = { device }
      shown()
    },
    place: (lat: number, lon: number): void => {
      go(withMap)
      aims.map.value = { lat, lon, zoom: PLACE_ZOOM }
      shown()
    },
    moment: (t: number): void => {
      go(withChart)
      aims.moment.value = t
      shown()
    },
    view: (hash: string): void => {
      const { place: next, map } = parseScreen(hash, place.peek())
      go(next)
      if (map) aims.map.value = map
      shown()
    },
    people: (): void => look.turnTo('people'),
  }
}
