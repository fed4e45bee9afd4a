import { encode } from 'uqr'

/** A longer text makes a code with more dots than a phone reads off a screen. */
const MOST_LETTERS = 1_200

/** A QR code of `size` by `size`: the path of its dark squares. Null where the text is too long for one. */
export const qrOf = (text: string): { size: number; path: string } | null => {
  if (text.length > MOST_LETTERS) return null
  const { data, size } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return { size, path }
}
