import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { createDevices, type TypedDevice, whyNoDevice } from '../../../state/devices.ts'
import { Dialog } from '../../people/Dialog.tsx'
import { useFloor } from '../../shared/floor-context.ts'
import { DeviceFields } from './DeviceFields.tsx'
import { KeyOnce, type MadeKey } from './KeyOnce.tsx'

const NOTHING_TYPED: TypedDevice = { id: '', name: '', group: '', category: '' }

const aboutKey = (id: string, added: boolean): string =>
  added
    ? `${id} is added. This is its key: it is shown this once, and whoever has it reports as ${id}.`
    : `${id} was there already, and has a new key, shown this once. The old one lets nobody in any more.`

/** The form for a new device. One that is there already is not given a new key by oversight. */
const Form = ({ onDone }: { onDone: (made: MadeKey) => void }) => {
  const { people, now } = useFloor()
  const devices = useMemo(() => createDevices(people.calls), [people])
  const typed = useSignal(NOTHING_TYPED)
  /** The id that is known to be taken. */
  const taken = useSignal<string | null>(null)
  const busy = useSignal(false)
  const trouble = useSignal<string | null>(null)
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const id = typed.value.id.trim()
  const verdict = whyNoDevice(typed.value)
  const isTaken = taken.value === id

  const add = async (): Promise<void> => {
    if (!isTaken && (await devices.isThere(id))) {
      taken.value = id
      return
    }
    const since = now()
    const reply = await devices.add(typed.value)
    if ('error' in reply) trouble.value = reply.error.message
    else onDone({ id: reply.id, key: reply.key, about: aboutKey(reply.id, reply.added), since })
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (busy.value || verdict !== null) return
    busy.value = true
    trouble.value = null
    await add()
    busy.value = false
  }
  return (
    <form class="form" onSubmit={submit}>
      <DeviceFields withId typed={typed} first={first} />
      <p class="soft">Then you get its key, and what to type in its app.</p>
      {isTaken && (
        <p class="trouble" role="alert" data-taken="">
          {id} is there already. Adding it gives it a new key: what reports with the old one is cut off.
        </p>
      )}
      {(trouble.value ?? verdict) !== null && (
        <p class="trouble" role="alert">
          {trouble.value ?? verdict}
        </p>
      )}
      <div class="sheet-actions">
        <button
          type="submit"
          class={isTaken ? 'button danger' : 'button primary'}
          disabled={busy.value || verdict !== null}
        >
          {busy.value ? 'Adding…' : isTaken ? 'Give it a new key' : 'Add the device'}
        </button>
      </div>
    </form>
  )
}

type Props = { onClose: () => void; onChanged: () => void; onShow: (id: string) => void }

/** Adds a device: what it is called, then its key and what to do with it, then its first fix. */
export const AddDevice = ({ onClose, onChanged, onShow }: Props) => {
  const { go } = useFloor()
  const made = useSignal<MadeKey | null>(null)
  const done = (next: MadeKey): void => {
    made.value = next
    // The selected device is the one that is heard of live.
    go({ device: next.id })
    onChanged()
  }
  const show = (): void => {
    onClose()
    if (made.value) onShow(made.value.id)
  }
  return (
    <Dialog title={made.value ? made.value.id : 'Add a device'} class={made.value ? 'wide' : ''} onClose={onClose}>
      {made.value === null ? <Form onDone={done} /> : <KeyOnce made={made.value} onShow={show} />}
    </Dialog>
  )
}
