import { deviceTopic, symbolTopic } from '../../../wire/topics.ts'
import type { Floor } from '../../floor.ts'
import { unpanned } from '../../state/area.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ShareButton } from './ShareButton.tsx'
import type { Shareable } from './ShareForm.tsx'

/** The most symbols of one layout: what it grants must have room in its link. */
const MOST_SYMBOLS = 20

const viewOf = ({ seen, groups }: Floor) => {
  const bounds = seen.peek()
  const wanted = groups.wanted.peek()
  return bounds && { bounds: unpanned(bounds), groups: wanted && [...wanted] }
}

/** What is on the screen now: the watchlist, the chart, the map. */
const layoutOf = (floor: Floor): Shareable => {
  const { symbol, device } = floor.place.peek()
  const workspace = floor.workspace.peek()
  const listed = floor.listing.symbols.peek()
  const symbols = workspace === 'fleet' ? [] : [...new Set([...(symbol === null ? [] : [symbol]), ...listed])]
  return {
    name: 'everything on this screen',
    show: {
      kind: 'layout',
      symbols: symbols.slice(0, MOST_SYMBOLS),
      device: workspace === 'markets' ? null : device,
      view: workspace === 'markets' ? null : viewOf(floor),
    },
  }
}

/** Shares a device: where is my delivery? */
export const ShareDevice = ({ id }: { id: string }) => {
  const { people, past } = useFloor()
  if (past !== null || !people.may('share', deviceTopic(id))) return null
  return <ShareButton label={`Share ${id}`} choices={() => [{ name: id, show: { kind: 'device', device: id } }]} />
}

/** Shares the symbol of the chart, or all that is seen around it. */
export const ShareChart = ({ symbol }: { symbol: string }) => {
  const floor = useFloor()
  if (floor.past !== null || !floor.people.may('share', symbolTopic(symbol))) return null
  return (
    <ShareButton
      plain
      label={`Share ${symbol}`}
      choices={() => [{ name: symbol, show: { kind: 'symbol', symbol } }, layoutOf(floor)]}
    />
  )
}

/** Shares the part of the map that is seen, or all that is seen around it. */
export const ShareMap = () => {
  const floor = useFloor()
  if (floor.past !== null || !floor.people.mayAny('share', 'c:')) return null
  const choices = (): Shareable[] => {
    const view = viewOf(floor)
    const part: Shareable[] = view ? [{ name: 'this part of the map', show: { kind: 'view', ...view } }] : []
    return [...part, layoutOf(floor)]
  }
  return <ShareButton plain label="Share this part of the map" choices={choices} />
}
