import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { statusOfSelected } from '../../state/clocks.ts'
import { chipText } from '../../state/desk/chip.ts'
import { whyNotThere } from '../../state/doubt.ts'
import { NOT_SEEN } from '../../state/refusal.ts'
import type { Selected } from '../../state/selection.ts'
import { Completeness } from '../past/Completeness.tsx'
import { ShareDevice } from '../people/ShareThis.tsx'
import { dragChip } from '../shared/drag.ts'
import { useFloor } from '../shared/floor-context.ts'
import { CloseIcon } from '../shared/icons.tsx'
import { Facts, Gauges } from './device/Facts.tsx'
import { LatestReadings, ReadingLines } from './device/Readings.tsx'
import { Standing } from './device/Standing.tsx'
import { routeColour } from './palette.ts'

const Head = ({ device: { id, last, description }, onClose }: { device: Selected; onClose: () => void }) => (
  <header>
    {last?.route !== undefined && (
      <span class="badge" style={{ background: routeColour(last.route) }} title={`Route ${last.route}`}>
        {last.route}
      </span>
    )}
    <h2 title={id} draggable onDragStart={(event) => dragChip(event, chipText('device', id))}>
      {id}
      {description.name !== undefined && description.name !== id && <span class="name">{description.name}</span>}
    </h2>
    <button type="button" class="icon-button" aria-label="Close" title="Close" onClick={onClose}>
      <CloseIcon />
    </button>
  </header>
)

/** Why something is not shown. */
const Troubles = ({ device, onRetry }: { device: Selected; onRetry: () => void }) => {
  const { phase, error } = device
  const doubt = whyNotThere(device)
  return (
    <>
      {doubt !== null && (
        <p class="doubt" data-doubt="">
          {doubt}
        </p>
      )}
      {phase === 'refused' && <p class="trouble">{NOT_SEEN}</p>}
      {phase === 'error' && (
        <p class="trouble" role="alert">
          {error}{' '}
          <button type="button" class="button" onClick={onRetry}>
            Try again
          </button>
        </p>
      )}
    </>
  )
}

type ActionsProps = { id: string; following: Signal<boolean>; onCentre: () => void; onManage: (id: string) => void }

const Actions = ({ id, following, onCentre, onManage }: ActionsProps) => {
  const { people, past } = useFloor()
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        aria-pressed={following.value}
        onClick={() => {
          following.value = !following.value
          if (following.value) onCentre()
        }}
      >
        {following.value ? 'Following' : 'Follow'}
      </button>
      <button type="button" class="button" onClick={onCentre}>
        Centre
      </button>
      <ShareDevice id={id} />
      {past === null && people.manages('devices') && (
        <button type="button" class="button" title={`Name, group and key of ${id}`} onClick={() => onManage(id)}>
          Set up
        </button>
      )}
    </div>
  )
}

type Props = {
  following: Signal<boolean>
  shade: string
  onClose: () => void
  onRetry: () => void
  onCentre: () => void
  onManage: (id: string) => void
  /** What else may be done with the device. */
  children?: ComponentChildren
}

/** What is known of the selected device. */
export const DevicePanel = ({ following, shade, onClose, onRetry, onCentre, onManage, children }: Props) => {
  const { selection, link, now, complete } = useFloor()
  const device = selection.selected.value
  void link.silentFor.value
  if (device === null) return null
  const { id, track, doubtful } = device
  return (
    <section
      class="device"
      aria-label={`Device ${id}`}
      data-device={id}
      data-status={statusOfSelected(device, link.clock.offset(), now())}
      data-fixes={track.length + doubtful.length}
      data-doubtful={doubtful.length}
    >
      <Head device={device} onClose={onClose} />
      <div class="device-body">
        {device.phase !== 'refused' && <Standing device={device} />}
        <Gauges device={device} />
        <LatestReadings device={device} />
        <Troubles device={device} onRetry={onRetry} />
        <ReadingLines key={id} device={device} shade={shade} />
        {children}
        <Facts device={device} />
        <Completeness complete={complete.device} />
      </div>
      <Actions id={id} following={following} onCentre={onCentre} onManage={onManage} />
    </section>
  )
}
