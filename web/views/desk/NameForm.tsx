import { useSignal } from '@preact/signals'
import { MAX_PERSON_NAME } from '../../../wire/people.ts'
import { useDesk } from './desk-context.ts'

/** On an open floor anybody may write and ask, once they have said who they are. `act`: what it is for. */
export const NameForm = ({ act = 'Join to write' }: { act?: string }) => {
  const { giveName } = useDesk()
  const name = useSignal('')
  const error = useSignal<string | null>(null)
  const busy = useSignal(false)
  const join = async (event: Event) => {
    event.preventDefault()
    if (name.value.trim() === '' || busy.value) return
    busy.value = true
    error.value = (await giveName(name.value.trim()))?.message ?? null
    busy.value = false
  }
  return (
    <form class="join-form" onSubmit={join}>
      <label>
        <span>Your name, as others see it</span>
        <input
          type="text"
          autocomplete="name"
          maxLength={MAX_PERSON_NAME}
          placeholder="Ann Lee"
          value={name}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button" disabled={busy.value || name.value.trim() === ''}>
        {act}
      </button>
      {error.value !== null && <p role="alert">{error}</p>}
    </form>
  )
}
