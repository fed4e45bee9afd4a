import { Fragment } from 'preact'
import { quadkeyOf } from '../../../../wire/cells.ts'
import { formatHeading, formatSpeed, NOTHING } from '../../../state/format.ts'
import { bearing, distance } from '../../../state/mercator.ts'
import type { Selected } from '../../../state/selection.ts'

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

/** The figures at a glance. */
export const Gauges = ({ device }: { device: Selected }) => {
  const { last } = device
  const battery = last?.battery === undefined ? NOTHING : `${Math.round(last.battery * 100)}%`
  return (
    <dl class="gauges">
      <Gauge name="Speed" field="speed" text={formatSpeed(last?.speed)} />
      <Gauge name="Heading" field="heading" text={formatHeading(headingOf(device))} />
      <Gauge name="Battery" field="battery" text={battery} />
    </dl>
  )
}

const trackOf = ({ track, doubtful, late }: Selected): string => {
  const count = track.length + doubtful.length
  const fixes = count === 1 ? '1 fix' : `${count} fixes`
  const came = track.filter(({ n }) => late.has(n)).length
  return [
    fixes,
    ...(doubtful.length > 0 ? [`${doubtful.length} doubtful`] : []),
    ...(came > 0 ? [`${came} late`] : []),
  ].join(', ')
}

const UNIT = 'unit_'

/** What else was told of it, by whoever described it and by itself. Units of readings stand beside those. */
const attributesOf = ({ description, life }: Selected): [name: string, value: string][] =>
  Object.entries({ ...life?.attributes, ...description.attributes })
    .filter(([name]) => !name.startsWith(UNIT))
    .map(([name, value]) => [
      name.replaceAll('_', ' '),
      typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value),
    ])

/** Where it is, and what it is. */
export const Facts = ({ device }: { device: Selected }) => {
  const { last, cell, phase, description, life } = device
  return (
    <dl class="facts">
      <dt>Position</dt>
      <dd data-field="position">{last ? `${last.lat.toFixed(5)}, ${last.lon.toFixed(5)}` : NOTHING}</dd>
      <dt>Cell</dt>
      <dd>{cell ?? (last ? quadkeyOf(last.lat, last.lon) : NOTHING)}</dd>
      <dt>Track</dt>
      <dd>{phase === 'loading' ? 'Loading…' : trackOf(device)}</dd>
      {description.category !== undefined && (
        <>
          <dt>Category</dt>
          <dd>{description.category}</dd>
        </>
      )}
      {life?.door !== undefined && (
        <>
          <dt>Heard by</dt>
          <dd>{life.door}</dd>
        </>
      )}
      {attributesOf(device).map(([name, value]) => (
        <Fragment key={name}>
          <dt class="attribute">{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
