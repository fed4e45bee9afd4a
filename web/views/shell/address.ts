import { effect } from '@preact/signals'
import type { Floor } from '../../floor.ts'
import { formatPlace, parsePlace } from '../../state/place.ts'

const isOfPast = (address: string): boolean => /[?&]at=/.test(address)

/**
 * Keeps the address and the place equal, both ways: a new workspace, and the way into the past, can be gone back from.
 * A moment of the past is not where one was last.
 */
export const bindAddress = (floor: Pick<Floor, 'place' | 'prefs' | 'go'>): void => {
  let written = location.hash
  effect(() => {
    const place = floor.place.value
    const address = formatPlace(place)
    floor.prefs.place.set(formatPlace({ ...place, at: undefined }))
    if (address === location.hash) return
    const elsewhere = address.split(/[/?]/)[1] !== written.split(/[/?]/)[1] || isOfPast(address) !== isOfPast(written)
    const moved = written !== '' && elsewhere
    if (moved) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
    written = address
  })
  addEventListener('popstate', () => {
    written = location.hash
    floor.go(parsePlace(location.hash, floor.place.peek()))
  })
}
