import { render } from 'preact'
import { createFloor } from './floor.ts'
import { createApi } from './state/api.ts'
import { createFrames } from './state/frames.ts'
import { createPrefs, firstPlace } from './state/prefs.ts'
import { createTheme, mediaSignal } from './views/shared/theme.ts'
import { App } from './views/shell/App.tsx'
import { bindAddress } from './views/shell/address.ts'
import { titleOf } from './views/shell/title.ts'
import { followVisibility } from './views/shell/visibility.ts'
import 'leaflet/dist/leaflet.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/watchlist.css'
import './styles/chart.css'
import './styles/fleet.css'

const prefs = createPrefs(localStorage)
const floor = createFloor({
  api: createApi({
    fetch: (path, init) => fetch(path, init),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  }),
  prefs,
  frames: createFrames((draw) => requestAnimationFrame(draw), reportError),
  now: () => Date.now(),
  steady: () => performance.now(),
  random: Math.random,
  report: reportError,
  first: firstPlace(location.hash, prefs),
  narrow: mediaSignal('(max-width: 760px)'),
})
const root = document.getElementById('floor')
if (root === null) throw new Error('index.html must hold an element with the id "floor"')

bindAddress(floor)
followVisibility(floor)
render(<App floor={floor} theme={createTheme(prefs)} />, root)
floor.start()
setInterval(() => {
  floor.tick()
  document.title = titleOf(floor)
}, 1_000)
