import { useMemo } from 'preact/hooks'
import { qrOf } from '../../state/qr.ts'

/** A text for a phone's camera. Nothing where it is too long for one. */
export const Qr = ({ text, label }: { text: string; label: string }) => {
  const code = useMemo(() => qrOf(text), [text])
  if (code === null) return null
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${code.size} ${code.size}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={`${label} as a QR code`}
    >
      <path d={code.path} />
    </svg>
  )
}
