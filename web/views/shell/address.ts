import { effect } from '@preact/signals'
import type { Floor } from '../../floor.ts'
import { formatPlace, parsePlace } from '../../state/place.ts'

/** Keeps the address and the place equal, both ways: a new workspace or symbol can be gone back from. */
export const bindAddress = (floor: Floor): void => {
  let written = location.hash
  effect(() => {
    const address = formatPlace(floor.place.value)
    floor.prefs.place.set(address)
    if (address === location.hash) return
    const moved = written !== '' && address.split('/')[1] !== written.split('/')[1]
    if (moved) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
    written = address
  })
  addEventListener('popstate', () => {
    written = location.hash
    floor.go(parsePlace(location.hash, floor.place.peek()))
  })
}
