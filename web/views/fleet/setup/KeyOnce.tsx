import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Doors } from '../../../../wire/api.ts'
import { formatEvery } from '../../../state/clocks.ts'
import { INTERVALS_S, type Setup, setupsOf, USUAL_INTERVAL_S } from '../../../state/setups.ts'
import { type Tab, Tabs } from '../../people/Tabs.tsx'
import { CopyLine } from '../../shared/CopyLine.tsx'
import { useFloor } from '../../shared/floor-context.ts'
import { Qr } from '../../shared/Qr.tsx'
import { Segments } from '../../shared/Segments.tsx'
import { FirstFix } from './FirstFix.tsx'

/** A key that was just made. `about`: what is to be known of it. */
export type MadeKey = { id: string; key: string; about: string; since: number }

const SetupPage = ({ name, steps, lines }: Setup) => {
  const code = lines.find(({ qr }) => qr)
  return (
    <div class="setup" data-setup={name}>
      <div class="setup-text">
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {lines.map(({ label, text, long = false }) => (
          <div class="field" key={label}>
            <span>{label}</span>
            <CopyLine label={label} text={text} long={long} />
          </div>
        ))}
      </div>
      {code && <Qr text={code.text} label={code.label} />}
    </div>
  )
}

/** Where devices find the floor; undefined until the node has said. */
const useDoors = (): Doors | undefined => {
  const { config } = useFloor()
  const doors = useSignal<Doors | undefined>(undefined)
  useEffect(() => {
    config().then(
      (reply) => {
        doors.value = reply.doors
      },
      // What the page's own address says will do.
      () => {},
    )
  }, [config, doors])
  return doors.value
}

/** What is told of a key this once, and what to do with it. */
export const KeyOnce = ({ made, onShow }: { made: MadeKey; onShow: () => void }) => {
  const { id, key, about, since } = made
  const every = useSignal<number>(USUAL_INTERVAL_S)
  const doors = useDoors()
  const seconds = every.value
  const tabs = useMemo<Tab[]>(() => {
    const base = doors?.url ?? location.origin
    return setupsOf({ id, key, base, every: seconds, doors }).map((setup) => ({
      name: setup.name,
      Page: () => <SetupPage {...setup} />,
    }))
  }, [id, key, seconds, doors])
  return (
    <>
      <div class="link-once" data-key="">
        <p>{about}</p>
        <CopyLine primary label="Key" text={key} />
      </div>
      <FirstFix id={id} since={since} onShow={onShow} />
      <div class="field">
        <span>How often it reports</span>
        <Segments
          class="spans"
          label="How often it reports"
          value={String(seconds)}
          options={INTERVALS_S.map((value) => ({ value: String(value), label: formatEvery(value) }))}
          onChoose={(next) => {
            every.value = Number(next)
          }}
        />
      </div>
      <Tabs label="How it reports" tabs={tabs} />
    </>
  )
}
