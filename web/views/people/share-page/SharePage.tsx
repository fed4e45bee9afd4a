import type { ReadonlySignal } from '@preact/signals'
import type { Shown } from '../../../../wire/people.ts'
import type { Floor } from '../../../floor.ts'
import type { Seat } from '../../../state/seat.ts'
import { boundsOf, deviceOf, hasMap, shareInWords, symbolsOf } from '../../../state/share-place.ts'
import { formatWhen } from '../../../state/when.ts'
import { FloorContext, useFloor } from '../../shared/floor-context.ts'
import type { ThemeState } from '../../shared/theme.ts'
import { Banner } from '../../shell/Banner.tsx'
import { Waiting } from '../Waiting.tsx'
import { Ended } from './Ended.tsx'
import { SharedChart } from './SharedChart.tsx'
import { SharedMap } from './SharedMap.tsx'

const Lamp = () => {
  const { link } = useFloor()
  const health = link.health.value
  return (
    <span class="shared-lamp" data-state={health} role="status">
      <span class="lamp" aria-hidden="true" />
      {health === 'live' ? 'Live' : 'Connecting…'}
    </span>
  )
}

type OpenProps = { show: Shown; name: string; until: number | null; shade: string }

const Open = ({ show, name, until, shade }: OpenProps) => {
  const { now } = useFloor()
  const what = shareInWords(show)
  const symbols = symbolsOf(show)
  return (
    <div class="share-page" data-share={show.kind}>
      <header class="bar">
        <img src="/mark.svg" alt="" />
        <div>
          <h1>{name || what}</h1>
          <p class="soft">
            {name && `${what} · `}
            {until === null ? 'shared with you' : `shared with you until ${formatWhen(until, now())}`}
          </p>
        </div>
        <span class="spring" />
        <Lamp />
      </header>
      <div>
        <Banner />
      </div>
      <main class="shared">
        {symbols.length > 0 && <SharedChart symbols={symbols} shade={shade} />}
        {hasMap(show) && <SharedMap device={deviceOf(show)} bounds={boundsOf(show)} shade={shade} />}
      </main>
    </div>
  )
}

type Props = { seat: Seat; floor: ReadonlySignal<Floor | null>; theme: ThemeState; now: () => number }

/** What was shared with whoever opens this page: that thing only, and when and why it ends. */
export const SharePage = ({ seat, floor, theme, now }: Props) => {
  const phase = seat.phase.value
  if (phase.at === 'ended') return <Ended ending={phase.ending} now={now()} />
  if (phase.at === 'asking' || floor.value === null) return <Waiting />
  const { show, name, until } = phase
  return (
    <FloorContext.Provider value={floor.value}>
      <Open show={show} name={name} until={until} shade={theme.shade.value} />
    </FloorContext.Provider>
  )
}
