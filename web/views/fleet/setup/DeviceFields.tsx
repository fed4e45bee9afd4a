import type { Signal } from '@preact/signals'
import type { Ref } from 'preact'
import { useId } from 'preact/hooks'
import type { TypedDevice } from '../../../state/devices.ts'
import { useFloor } from '../../shared/floor-context.ts'

type FieldProps = {
  label: string
  name: keyof TypedDevice
  typed: Signal<TypedDevice>
  most: number
  required?: boolean
  placeholder?: string
  list?: string
  inputRef?: Ref<HTMLInputElement> | undefined
}

const Field = ({ label, name, typed, most, required = false, placeholder = '', list, inputRef }: FieldProps) => (
  <label class="field">
    <span>{label}</span>
    <input
      ref={inputRef ?? null}
      required={required}
      autocomplete="off"
      spellcheck={false}
      maxLength={most}
      placeholder={placeholder}
      list={list}
      value={typed.value[name]}
      onInput={(event) => {
        typed.value = { ...typed.value, [name]: event.currentTarget.value }
      }}
    />
  </label>
)

type Props = {
  typed: Signal<TypedDevice>
  /** Whether the id is asked for, too. */
  withId?: boolean
  first?: Ref<HTMLInputElement>
}

/** What a device is called, and what it belongs to. */
export const DeviceFields = ({ typed, withId = false, first }: Props) => {
  const { groups } = useFloor()
  const list = useId()
  return (
    <>
      {withId && <Field label="Id" name="id" typed={typed} most={64} required placeholder="VAN-7" inputRef={first} />}
      <Field label="Name, if you like" name="name" typed={typed} most={100} placeholder="The blue van" />
      <div class="field-row">
        <Field label="Group" name="group" typed={typed} most={32} placeholder="other" list={list} />
        <Field label="Category" name="category" typed={typed} most={100} placeholder="van" />
      </div>
      <datalist id={list}>
        {groups.all.value.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
