import type { ReadonlySignal } from '@preact/signals'
import { formatAgo, formatSpeed } from '../../state/format.ts'
import { useFloor } from '../shared/floor-context.ts'
import { doubtIn } from './describe.ts'

type Pixels = { x: number; y: number }

/** Beside the pointer, on the side where there is room. `size`: pixels of the map. */
export const besidePointer = ({ x, y }: Pixels, size: Pixels): string => {
  const across = x > size.x / 2 ? 'calc(-100% - 16px)' : '16px'
  const down = y > size.y / 2 ? '-100%' : '-14px'
  return `translate(${x}px, ${y}px) translate(${across}, ${down})`
}

type Props = { hovered: ReadonlySignal<(Pixels & { id: string }) | null>; size: () => Pixels }

/** What is known at a glance of the device under the pointer. */
export const Tip = ({ hovered, size }: Props) => {
  const { fleet, now } = useFloor()
  const over = hovered.value
  const device = over && fleet.devices.get(over.id)
  if (!over || !device) return null
  const { fix, clocks } = device
  const doubt = doubtIn(device, now())
  return (
    <div class="tip" style={{ transform: besidePointer(over, size()) }}>
      <b>{fix.id}</b>{' '}
      <span class="tip-more">
        {fix.route !== undefined && `route ${fix.route} · `}
        {fix.speed !== undefined && `${formatSpeed(fix.speed)} · `}
        {doubt !== null && `${doubt} · `}
        {formatAgo(Math.max(0, now() - clocks.fixed))}
      </span>
    </div>
  )
}
