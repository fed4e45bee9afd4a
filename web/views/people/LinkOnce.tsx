import { useSignal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import { qrOf } from '../../state/qr.ts'

const Qr = ({ text }: { text: string }) => {
  const code = useMemo(() => qrOf(text), [text])
  if (code === null) return null
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${code.size} ${code.size}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label="The link as a QR code"
    >
      <path d={code.path} />
    </svg>
  )
}

/** Copies what an input holds. Browsers give the clipboard to pages that came safely; the old way is for others. */
const copy = async (input: HTMLInputElement): Promise<boolean> => {
  input.select()
  if (!isSecureContext) return document.execCommand('copy')
  return navigator.clipboard.writeText(input.value).then(
    () => true,
    () => document.execCommand('copy'),
  )
}

/** A link that is shown this once: to be copied, or taken by a phone's camera. */
export const LinkOnce = ({ link, about }: { link: string; about: string }) => {
  const input = useRef<HTMLInputElement>(null)
  const copied = useSignal<boolean | null>(null)
  const full = new URL(link, location.href).href
  return (
    <div class="link-once" data-link="">
      <p>{about}</p>
      <div class="line">
        <input ref={input} readOnly aria-label="Link" value={full} onFocus={(event) => event.currentTarget.select()} />
        <button
          type="button"
          class="button primary"
          onClick={async () => {
            if (input.current) copied.value = await copy(input.current)
          }}
        >
          {copied.value ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p class="unseen" role="status">
        {copied.value === null ? '' : copied.value ? 'The link is copied' : 'Copy the marked link by hand'}
      </p>
      {copied.value === false && <p class="soft">Copy the marked link by hand: this browser does not let the page.</p>}
      <Qr text={full} />
    </div>
  )
}
