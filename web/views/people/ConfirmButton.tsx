import { useSignal } from '@preact/signals'

type Props = { label: string; sure: string; title: string; onConfirm: () => void }

/** A button for what cannot be undone: the first press asks, the second does it, and going elsewhere forgets it. */
export const ConfirmButton = ({ label, sure, title, onConfirm }: Props) => {
  const armed = useSignal(false)
  return (
    <button
      type="button"
      class={armed.value ? 'button danger' : 'button'}
      title={title}
      aria-label={armed.value ? `${sure} (${title})` : title}
      onBlur={() => {
        armed.value = false
      }}
      onClick={() => {
        if (armed.value) onConfirm()
        armed.value = !armed.value
      }}
    >
      {armed.value ? sure : label}
    </button>
  )
}
