import { type Signal, useSignal } from '@preact/signals'
import { statusOfSelected } from '../../../state/clocks.ts'
import { TOO_MUCH } from '../../../state/commands/errands.ts'
import type { Selected } from '../../../state/selection.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { Ask } from './Ask.tsx'
import { useCommanding } from './commanding-context.ts'
import { NameFirst } from './NameFirst.tsx'
import { useMayAsk, useOffered } from './use-offered.ts'

const DOOR_WORDS: Record<string, string> = {
  osmand: 'the OsmAnd protocol carries none',
  traccar: 'the Traccar Client takes none',
  nmea: 'NMEA 0183 carries none',
  gtfs: 'a GTFS-realtime feed carries none',
}
const whyNone = ({ life }: Selected): string => {
  const why = DOOR_WORDS[life?.door ?? '']
  return why === undefined ? 'It has not said that it takes commands.' : `It takes no commands: ${why}.`
}

type Props = { device: Selected; asking: Signal<boolean> }

/** Nothing was told of it yet. */
export const isUnread = ({ phase, life, last }: Selected): boolean =>
  phase === 'loading' && life === null && last === null

/** The way to ask something, or why there is none. */
export const DeviceAsk = ({ device, asking }: Props) => {
  const { id, life } = device
  const { kinds, ask, handle } = useCommanding()
  const { link, now } = useFloor()
  const to = { devices: [id] }
  const may = useMayAsk(to)
  const offered = useOffered(to)
  const trouble = useSignal(false)
  const list = kinds.list.value
  const understood = offered.filter(({ name }) => life?.takes?.includes(name))
  if (isUnread(device) || !may('command')) return null
  if (!life?.takes?.length) return <p class="none">{whyNone(device)}</p>
  if (list.phase === 'error')
    return (
      <p class="trouble" role="alert">
        {list.error}{' '}
        <button type="button" class="button small" onClick={kinds.load}>
          Try again
        </button>
      </p>
    )
  if (understood.length === 0)
    return list.phase === 'loading' ? null : <p class="none">Of what it understands, you may ask nothing.</p>
  if (!asking.value) return null
  if (handle.value === null) return <NameFirst />
  const isAway = statusOfSelected(device, link.clock.offset(), now()) === 'offline'
  return (
    <>
      {isAway && <p class="none">It is offline: what you ask waits until it is heard, or until its deadline.</p>}
      <Ask
        to={to}
        kinds={understood}
        onAsk={(asked) => {
          trouble.value = ask(to, asked) === null
          asking.value = trouble.value
        }}
      />
      {trouble.value && (
        <p class="trouble" role="alert">
          {TOO_MUCH}
        </p>
      )}
    </>
  )
}
