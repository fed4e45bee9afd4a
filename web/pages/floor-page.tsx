import { effect, signal, untracked } from '@preact/signals'
import { render } from 'preact'
import { createFloor, type Floor } from '../floor.ts'
import { createApi } from '../state/api.ts'
import { createCalls, type Fetch } from '../state/calls.ts'
import { createPeople } from '../state/people.ts'
import { FIRST_PLACE, firstPlace, type Prefs } from '../state/prefs.ts'
import { homeOf } from '../state/rights.ts'
import { FloorPage } from '../views/people/FloorPage.tsx'
import { mediaSignal, type ThemeState } from '../views/shared/theme.ts'
import { bindAddress } from '../views/shell/address.ts'
import { guardLeaving } from '../views/shell/leaving.ts'
import { titleOf, withCount } from '../views/shell/title.ts'
import { followVisibility } from '../views/shell/visibility.ts'
import { layOver } from './laid-over.ts'
import { apiPorts, browserPorts, deskPorts } from './ports.ts'

export type FloorPageOptions = {
  root: HTMLElement
  prefs: Prefs
  theme: ThemeState
  /** An invitation's, from the link by which the page was opened. */
  token: string | null
  /** Why the identity provider that the browser comes back from let nobody in; null where it did, or was not asked. */
  refused: 'denied' | 'away' | null
}

/** The dashboard for whoever is let in, and the way in for everybody else. */
export const openFloorPage = ({ root, prefs, theme, token, refused }: FloorPageOptions): void => {
  /** Whoever is nobody to the node has lost what let them in: who this is, is asked once more. */
  const ask: Fetch = async (path, init) => {
    const response = await fetch(path, init)
    if (response.status === 401 && path !== '/api/session') void people.check()
    return response
  }
  const people = createPeople(createCalls(ask))
  const floor = signal<Floor | null>(null)
  let close: (() => void) | null = null
  let over = false

  const begin = (): void => {
    const first = firstPlace(location.hash, prefs)
    const ports = {
      ...browserPorts(),
      api: createApi({ fetch: ask, ...apiPorts }),
      people,
      prefs,
      narrow: mediaSignal('(max-width: 760px)'),
      desk: deskPorts(),
    }
    const live = createFloor({
      ...ports,
      first: first === FIRST_PLACE ? { ...first, workspace: homeOf(people) } : first,
    })
    const floors = layOver(live, ports)
    bindAddress(live)
    followVisibility(floors)
    guardLeaving(live)
    const stop = live.start()
    const show = effect(() => {
      floor.value = floors.seen.value
    })
    const timer = setInterval(() => {
      floors.tick()
      const seen = floors.seen.peek()
      // What waits in the inbox is of now.
      document.title = withCount(titleOf(seen), seen.desk?.unread.badge.peek().items ?? 0)
    }, 1_000)
    close = () => {
      show()
      floors.close()
      stop()
      clearInterval(timer)
      document.title = 'Watchfloor'
    }
  }
  /** Nothing of the floor stays on the page. Whoever comes in again begins with a new one. */
  const end = (): void => {
    close?.()
    close = null
    over = over || floor.peek() !== null
    floor.value = null
  }
  effect(() => {
    const { at } = people.door.value
    untracked(() => {
      if (at === 'out') end()
      else if (at === 'in' && over) location.reload()
      else if (at === 'in' && close === null) begin()
    })
  })

  const enter = (): void => void (token === null ? people.check(refused) : people.signIn(token))
  render(<FloorPage people={people} floor={floor} theme={theme} retry={token === null ? null : enter} />, root)
  enter()
}
