import { effect, signal, untracked } from '@preact/signals'
import { render } from 'preact'
import type { Shown } from '../../wire/people.ts'
import { createFloor, type Floor } from '../floor.ts'
import { createApi } from '../state/api.ts'
import { SHARE_PLACE } from '../state/key.ts'
import { createPeople } from '../state/people.ts'
import { createPrefs } from '../state/prefs.ts'
import { createSeat } from '../state/seat.ts'
import { shareInWords, shareToPlace, symbolsOf } from '../state/share-place.ts'
import { wantedOfShare } from '../state/wanted.ts'
import { SharePage } from '../views/people/share-page/SharePage.tsx'
import type { ThemeState } from '../views/shared/theme.ts'
import { followVisibility } from '../views/shell/visibility.ts'
import { apiPorts, browserPorts } from './ports.ts'

export type SharePageOptions = {
  root: HTMLElement
  theme: ThemeState
  /** The share's, from the link by which the page was opened; null after a reload. */
  token: string | null
}

/** What a share's page remembers is the share's, never what this browser's own person chose. */
const prefsOf = (show: Shown) => {
  const shelf = new Map<string, string>()
  const prefs = createPrefs({
    getItem: (key) => shelf.get(key) ?? null,
    setItem: (key, value) => void shelf.set(key, value),
  })
  prefs.symbols.set([...symbolsOf(show)])
  return prefs
}

/** The page of a share: one thing, for whoever has the link. */
export const openSharePage = ({ root, theme, token }: SharePageOptions): void => {
  const ports = browserPorts()
  const seat = createSeat({ fetch: (path, init) => fetch(path, init), shelf: sessionStorage, now: ports.now })
  const floor = signal<Floor | null>(null)
  let close: (() => void) | null = null

  const begin = (show: Shown): void => {
    const made = createFloor({
      ...ports,
      api: createApi({ fetch: seat.fetch, ...apiPorts }),
      people: createPeople(seat.calls),
      prefs: prefsOf(show),
      first: shareToPlace(show),
      narrow: signal(false),
      only: { host: seat, token: seat.bearer, wanted: wantedOfShare, list: symbolsOf(show).length > 0 },
    })
    followVisibility(made)
    floor.value = made
    document.title = `${shareInWords(show)} · Watchfloor`
    const stop = made.start()
    const timer = setInterval(made.tick, 1_000)
    close = () => {
      stop()
      clearInterval(timer)
      document.title = 'Watchfloor'
    }
  }
  effect(() => {
    const phase = seat.phase.value
    untracked(() => {
      if (phase.at === 'open' && close === null) begin(phase.show)
      if (phase.at !== 'ended') return
      close?.()
      close = null
      floor.value = null
    })
  })

  addEventListener('hashchange', () => {
    if (location.hash !== SHARE_PLACE) location.reload()
  })
  render(<SharePage seat={seat} floor={floor} theme={theme} now={ports.now} />, root)
  void (token === null ? seat.check() : seat.open(token))
}
