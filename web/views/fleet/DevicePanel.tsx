import type { Signal } from '@preact/signals'
import { quadkeyOf } from '../../../wire/cells.ts'
import { chipText } from '../../state/desk/chip.ts'
import { whyNotThere } from '../../state/doubt.ts'
import { formatAgo, formatHeading, formatSpeed, NOTHING } from '../../state/format.ts'
import { bearing, distance } from '../../state/mercator.ts'
import { NOT_SEEN } from '../../state/refusal.ts'
import type { Selected } from '../../state/selection.ts'
import { ShareDevice } from '../people/ShareThis.tsx'
import { dragChip } from '../shared/drag.ts'
import { useFloor } from '../shared/floor-context.ts'
import { CloseIcon } from '../shared/icons.tsx'
import { routeColour } from './palette.ts'

/** The heading as reported, else as the last two fixes show it. */
const headingOf = ({ last, track }: Selected): number | null => {
  if (last?.heading !== undefined) return last.heading
  const [before, newest] = track.slice(-2)
  return before && newest && distance(before, newest) > 4 ? bearing(before, newest) : null
}

const Gauge = ({ name, field, text }: { name: string; field: string; text: string }) => (
  <div>
    <dt>{name}</dt>
    <dd data-field={field}>{text}</dd>
  </div>
)

type Props = { following: Signal<boolean>; onClose: () => void; onRetry: () => void; onCentre: () => void }

const trackOf = ({ track, doubtful }: Selected): string => {
  const count = track.length + doubtful.length
  const fixes = count === 1 ? '1 fix' : `${count} fixes`
  return doubtful.length === 0 ? fixes : `${fixes}, ${doubtful.length} doubtful`
}

/** What is known of the selected device. */
export const DevicePanel = ({ following, onClose, onRetry, onCentre }: Props) => {
  const { selection, link, now } = useFloor()
  const device = selection.selected.value
  void link.silentFor.value
  if (device === null) return null
  const { id, last, phase, error, track, doubtful } = device
  const doubt = whyNotThere(device)
  return (
    <section
      class="device"
      aria-label={`Device ${id}`}
      data-device={id}
      data-fixes={track.length + doubtful.length}
      data-doubtful={doubtful.length}
    >
      <header>
        {last?.route !== undefined && (
          <span class="badge" style={{ background: routeColour(last.route) }} title={`Route ${last.route}`}>
            {last.route}
          </span>
        )}
        <h2 title={id} draggable onDragStart={(event) => dragChip(event, chipText('device', id))}>
          {id}
        </h2>
        <button type="button" class="icon-button" aria-label="Close" title="Close" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <dl class="gauges">
        <Gauge name="Speed" field="speed" text={formatSpeed(last?.speed)} />
        <Gauge name="Heading" field="heading" text={formatHeading(headingOf(device))} />
        <Gauge
          name="Battery"
          field="battery"
          text={last?.battery === undefined ? NOTHING : `${Math.round(last.battery * 100)}%`}
        />
      </dl>
      <dl class="facts">
        <dt>{doubt === null ? 'Last fix' : 'Last reliable fix'}</dt>
        <dd>{last ? formatAgo(now() - link.clock.offset() - last.t) : NOTHING}</dd>
        <dt>Position</dt>
        <dd data-field="position">{last ? `${last.lat.toFixed(5)}, ${last.lon.toFixed(5)}` : NOTHING}</dd>
        <dt>Cell</dt>
        <dd>{device.cell ?? (last ? quadkeyOf(last.lat, last.lon) : NOTHING)}</dd>
        <dt>Track</dt>
        <dd>{phase === 'loading' ? 'Loading…' : trackOf(device)}</dd>
      </dl>
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
      </div>
    </section>
  )
}
