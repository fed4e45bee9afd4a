import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { DeviceRow } from '../../../../wire/api.ts'
import { isName } from '../../../../wire/topics.ts'
import { createDevices, type Devices, descriptionOf, type TypedDevice, whyNoDevice } from '../../../state/devices.ts'
import { ConfirmButton } from '../../people/ConfirmButton.tsx'
import { Dialog } from '../../people/Dialog.tsx'
import { useFloor } from '../../shared/floor-context.ts'
import { DeviceFields } from './DeviceFields.tsx'
import { KeyOnce, type MadeKey } from './KeyOnce.tsx'

type Told = { text: string; grave: boolean }

const typedOf = ({ id, name = '', group = '', category = '' }: DeviceRow): TypedDevice => ({
  id,
  name,
  group,
  category,
})

const Describe = ({ row, devices, told, onChanged }: PartProps) => {
  const typed = useSignal(typedOf(row))
  const verdict = whyNoDevice(typed.value)
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (verdict !== null) return
    const error = await devices.describe(typed.value, row.attributes)
    told.value = error ? { text: error.message, grave: true } : { text: 'Saved.', grave: false }
    const { name: _, group: __, category: ___, ...kept } = row
    if (error === null) onChanged({ ...kept, ...descriptionOf(typed.value) })
  }
  return (
    <form class="form" onSubmit={save}>
      <DeviceFields typed={typed} />
      {verdict !== null && (
        <p class="trouble" role="alert">
          {verdict}
        </p>
      )}
      <div class="sheet-actions">
        <button type="submit" class="button" disabled={verdict !== null}>
          Save
        </button>
      </div>
    </form>
  )
}

type PartProps = {
  row: DeviceRow
  devices: Devices
  told: Signal<Told | null>
  /** Hears what the device is from now on: the node may give what it was for two seconds. */
  onChanged: (row: DeviceRow) => void
}

const HAS_KEY = 'It has a key: whoever has that reports as this device.'
const NO_KEY = 'It has no key: only feeds report its position.'

const Key = ({ row, devices, told, onChanged, onMade }: PartProps & { onMade: (made: MadeKey) => void }) => {
  const { now } = useFloor()
  const { keyed = false, ...keyless } = row
  const { id } = row
  const make = async (): Promise<void> => {
    const since = now()
    const reply = await devices.newKey(id)
    if ('error' in reply) {
      told.value = { text: reply.error.message, grave: true }
      return
    }
    const about = `This is the new key of ${id}, shown this once. ${keyed ? 'The old one lets nobody in any more.' : ''}`
    onMade({ id, key: reply.key, about, since })
    onChanged({ ...row, keyed: true })
  }
  const takeBack = async (): Promise<void> => {
    const error = await devices.takeKey(id)
    told.value = error
      ? { text: error.message, grave: true }
      : { text: `The key of ${id} is taken back: nothing reports with it any more.`, grave: false }
    if (error === null) onChanged(keyless)
  }
  return (
    <section class="form" aria-label="Key">
      <h3>Key</h3>
      <p class="soft">{keyed ? HAS_KEY : NO_KEY}</p>
      <div class="sheet-actions">
        {!keyed && (
          <button type="button" class="button primary" onClick={() => void make()}>
            Make a key
          </button>
        )}
        {keyed && (
          <>
            <ConfirmButton
              label="New key"
              sure="Make a new key, end the old one"
              title={`New key for ${id}`}
              onConfirm={() => void make()}
            />
            <ConfirmButton
              label="Take back"
              sure="Take back: it can’t report any more"
              title={`Take back the key of ${id}`}
              onConfirm={() => void takeBack()}
            />
          </>
        )}
      </div>
    </section>
  )
}

/** The row of a device as the node has it now; an error is for people. */
const useRow = (id: string) => {
  const { devicePage } = useFloor()
  const row = useSignal<DeviceRow | null>(null)
  const error = useSignal<string | null>(null)
  const load = useMemo(
    () => async (): Promise<void> => {
      try {
        // Of those that have its id in theirs, from a bit before it on.
        const before = id.slice(0, -1)
        const { devices } = await devicePage(id, isName(before) ? before : '')
        row.value = devices.find((one) => one.id === id) ?? null
        error.value = row.value === null ? 'The node does not list it yet.' : null
      } catch (reason) {
        error.value = reason instanceof Error ? reason.message : 'The device can’t be read.'
      }
    },
    [devicePage, id, row, error],
  )
  useEffect(() => void load(), [load])
  return { row, error, load }
}

type Props = { id: string; onClose: () => void; onChanged: () => void; onShow: (id: string) => void }

/** What a device is called, and its key. */
export const ManageDevice = ({ id, onClose, onChanged, onShow }: Props) => {
  const { people, go } = useFloor()
  const devices = useMemo(() => createDevices(people.calls), [people])
  const made = useSignal<MadeKey | null>(null)
  const told = useSignal<Told | null>(null)
  const { row, error, load } = useRow(id)
  const change = (next: DeviceRow): void => {
    row.value = next
    onChanged()
  }
  const show = (): void => {
    onClose()
    onShow(id)
  }
  return (
    <Dialog title={id} class={made.value ? 'wide' : ''} onClose={onClose}>
      {told.value !== null && (
        <p class={told.value.grave ? 'trouble' : ''} role={told.value.grave ? 'alert' : 'status'}>
          {told.value.text}
        </p>
      )}
      {error.value !== null && (
        <p class="trouble" role="alert">
          {error.value}{' '}
          <button type="button" class="button" onClick={() => void load()}>
            Try again
          </button>
        </p>
      )}
      {made.value !== null && <KeyOnce made={made.value} onShow={show} />}
      {made.value === null && row.value === null && error.value === null && <p class="soft">Loading…</p>}
      {made.value === null && row.value !== null && (
        <>
          <Describe row={row.value} devices={devices} told={told} onChanged={change} />
          <Key
            row={row.value}
            devices={devices}
            told={told}
            onChanged={change}
            onMade={(next) => {
              made.value = next
              go({ device: next.id })
            }}
          />
        </>
      )}
    </Dialog>
  )
}
