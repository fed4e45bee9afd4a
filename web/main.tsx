import { keyIn, refusedIn, SHARE_PLACE } from './state/key.ts'
import { createPrefs } from './state/prefs.ts'
import { createTheme } from './views/shared/theme.ts'
import 'leaflet/dist/leaflet.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/watchlist.css'
import './styles/chart.css'
import './styles/fleet.css'
import './styles/devices.css'
import './styles/commands.css'
import './styles/people.css'
import './styles/share.css'
import './styles/desk.css'
import './styles/past.css'

const root = document.getElementById('floor')
if (root === null) throw new Error('index.html must hold an element with the id "floor"')

// A key leaves the address at once: neither the history nor whoever looks over the shoulder is to have it.
const key = keyIn(location.hash)
const place = key?.kind === 'share' ? SHARE_PLACE : location.pathname + location.search
const refused = refusedIn(location.hash)
if (key || refused) history.replaceState(null, '', place)

// A link that is opened where the dashboard is open already: the page begins with it. First of all that hear of it.
addEventListener('popstate', (event) => {
  if (keyIn(location.hash) === null) return
  event.stopImmediatePropagation()
  location.reload()
})

const prefs = createPrefs(localStorage)
const theme = createTheme(prefs)
const token = key?.token ?? null
// Each page is loaded when it is needed: a phone that follows a delivery has no use for the whole floor.
if (location.hash === SHARE_PLACE) (await import('./pages/share-page.tsx')).openSharePage({ root, theme, token })
else (await import('./pages/floor-page.tsx')).openFloorPage({ root, prefs, theme, token, refused })
