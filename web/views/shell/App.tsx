import { useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Floor } from '../../floor.ts'
import { WORKSPACES } from '../../state/place.ts'
import { troubleOf } from '../../state/trouble.ts'
import { ChartPanel } from '../chart/ChartPanel.tsx'
import { DeskContext } from '../desk/desk-context.ts'
import { Work } from '../desk/Work.tsx'
import { FleetPanel } from '../fleet/FleetPanel.tsx'
import { Watchlist } from '../markets/Watchlist.tsx'
import { PastBar } from '../past/PastBar.tsx'
import { Fading } from '../people/Fading.tsx'
import { FloorContext } from '../shared/floor-context.ts'
import { isTyping } from '../shared/is-typing.ts'
import type { ThemeState } from '../shared/theme.ts'
import { Banner } from './Banner.tsx'
import { BottomBar, Header } from './Header.tsx'

/** Keys that work everywhere: 1, 2, 3 choose the workspace. */
const useKeys = (floor: Floor): void => {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const workspace = WORKSPACES[Number(event.key) - 1]
      if (workspace) floor.go({ workspace })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [floor])
}

const Stage = ({ floor, theme }: { floor: Floor; theme: ThemeState }) => {
  const chartOpen = useSignal(false)
  const workspace = floor.workspace.value
  const narrow = floor.narrow.value
  const old = useComputed(() => troubleOf(floor.link)?.old === true)
  const markets = workspace !== 'fleet'
  return (
    <main class="stage" data-workspace={workspace} data-old={old.value ? '' : undefined}>
      {markets && (!narrow || chartOpen.value) && (
        <ChartPanel
          shade={theme.shade.value}
          onBack={
            narrow
              ? () => {
                  chartOpen.value = false
                }
              : null
          }
        />
      )}
      {markets && (!narrow || !chartOpen.value) && (
        <Watchlist
          shade={theme.shade.value}
          onOpen={() => {
            chartOpen.value = true
          }}
        />
      )}
      {workspace !== 'markets' && <FleetPanel shade={theme.shade.value} />}
    </main>
  )
}

/** The stage with the desk beside it, where there is one. */
const Pitch = ({ floor, theme }: { floor: Floor; theme: ThemeState }) => {
  const stage = <Stage floor={floor} theme={theme} />
  if (floor.desk !== null) return <Work>{stage}</Work>
  return (
    <div class="work">
      <div class="pitch">{stage}</div>
    </div>
  )
}

export const App = ({ floor, theme }: { floor: Floor; theme: ThemeState }) => {
  useKeys(floor)
  return (
    <FloorContext.Provider value={floor}>
      <DeskContext.Provider value={floor.desk}>
        <div class="floor" data-past={floor.past === null ? undefined : ''}>
          <Header theme={theme} />
          <div>
            <PastBar />
            <Banner />
            <Fading />
          </div>
          <Pitch floor={floor} theme={theme} />
          <BottomBar />
        </div>
      </DeskContext.Provider>
    </FloorContext.Provider>
  )
}
