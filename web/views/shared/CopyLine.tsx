import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'

type Field = HTMLInputElement | HTMLTextAreaElement

/** Copies what a field holds. Browsers give the clipboard to pages that came safely; the old way is for others. */
const copy = async (field: Field): Promise<boolean> => {
  field.select()
  if (!isSecureContext) return document.execCommand('copy')
  return navigator.clipboard.writeText(field.value).then(
    () => true,
    () => document.execCommand('copy'),
  )
}

type Props = { label: string; text: string; primary?: boolean; long?: boolean }

/** A text to be copied. */
export const CopyLine = ({ label, text, primary = false, long = false }: Props) => {
  const field = useRef<Field>(null)
  const copied = useSignal<boolean | null>(null)
  const shared = {
    readOnly: true,
    'aria-label': label,
    value: text,
    onFocus: (event: { currentTarget: Field }) => event.currentTarget.select(),
  }
  return (
    <>
      <div class="line">
        {long ? (
          <textarea {...shared} rows={3} ref={field as RefObject<HTMLTextAreaElement>} />
        ) : (
          <input {...shared} ref={field as RefObject<HTMLInputElement>} />
        )}
        <button
          type="button"
          class={primary ? 'button primary' : 'button'}
          aria-label={primary ? undefined : `Copy: ${label}`}
          onClick={async () => {
            if (field.current) copied.value = await copy(field.current)
          }}
        >
          {copied.value ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p class="unseen" role="status">
        {copied.value === null ? '' : copied.value ? `${label}: copied` : 'Copy the marked text by hand'}
      </p>
      {copied.value === false && <p class="soft">Copy the marked text by hand: this browser does not let the page.</p>}
    </>
  )
}
