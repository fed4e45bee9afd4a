import { useSignal } from '@preact/signals'
import { Fragment } from 'preact'
import { useMemo } from 'preact/hooks'
import { formatAgo } from '../../../state/format.ts'
import { latestReadings, measuresOf, seriesOf } from '../../../state/readings.ts'
import type { Selected } from '../../../state/selection.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { ReadingPlot } from './ReadingPlot.tsx'

/** The newest of each reading. What was not in the last report says how old it is. */
export const LatestReadings = ({ device }: { device: Selected }) => {
  const { link, now } = useFloor()
  const { attributes } = device.description
  const latest = useMemo(() => latestReadings(device.track, attributes), [device.track, attributes])
  if (latest.length === 0) return null
  const ago = (t: number): string => formatAgo(Math.max(0, now() - link.clock.offset() - t))
  return (
    <dl class="facts" aria-label="Readings">
      {latest.map(({ name, title, text, t, old }) => (
        <Fragment key={name}>
          <dt>{title}</dt>
          <dd data-reading={name}>
            {text} {old && <span class="soft">{ago(t)}</span>}
          </dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** What a device measures, and each as a line: worked out anew only with another fix. */
const useLines = ({ track, description: { attributes } }: Selected) =>
  useMemo(
    () => measuresOf(track, attributes).map((measure) => ({ measure, series: seriesOf(measure, track) })),
    [track, attributes],
  )

/** Readings as lines over the time of the track; which, a person picks. */
export const ReadingLines = ({ device, shade }: { device: Selected; shade: string }) => {
  const { prefs } = useFloor()
  const picked = useSignal<readonly string[]>(prefs.readings.get() ?? ['battery'])
  const at = useSignal<number | null>(null)
  const lines = useLines(device)
  const [first, last] = [device.track[0], device.track.at(-1)]
  if (lines.length === 0 || !first || !last) return null
  const toggle = (name: string): void => {
    const on = picked.value.includes(name)
    picked.value = on ? picked.value.filter((one) => one !== name) : [...picked.value, name]
    prefs.readings.set([...picked.value])
  }
  return (
    <section class="readings" aria-label="Readings as lines">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row in every browser */}
      <div class="picks" role="group" aria-label="Shown as lines">
        {lines.map(({ measure: { name, title } }) => (
          <button
            key={name}
            type="button"
            aria-pressed={picked.value.includes(name)}
            data-pick={name}
            onClick={() => toggle(name)}
          >
            {title}
          </button>
        ))}
      </div>
      {lines
        .filter(({ measure }) => picked.value.includes(measure.name))
        .map(({ measure, series }) => (
          <ReadingPlot
            key={measure.name}
            measure={measure}
            series={series}
            span={{ from: first.t, to: last.t }}
            shade={shade}
            at={at}
          />
        ))}
    </section>
  )
}
