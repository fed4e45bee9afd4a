/** Text for numbers. Every function answers a dash where there is nothing to tell. */
export const NOTHING = '–'

const decimalsOf = (value: number): number => {
  const text = String(value)
  const exponent = text.indexOf('e-')
  if (exponent > 0) return Number(text.slice(exponent + 2))
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}

/** How many decimals prices near `price` are shown with: as many as they come with, 2 to 8, about six digits in all. */
export const priceDecimals = (price: number): number => {
  const size = Math.abs(price)
  const least = size >= 1 ? 2 : Math.min(8, 4 - Math.floor(Math.log10(size || 1)))
  const most = Math.max(2, 5 - Math.floor(Math.log10(size || 1)))
  return Math.min(8, Math.max(2, Math.min(Math.max(decimalsOf(price), Math.min(least, most)), most)))
}

const formats = new Map<number, Intl.NumberFormat>()
const fixed = (decimals: number): Intl.NumberFormat => {
  const known = formats.get(decimals)
  if (known) return known
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  formats.set(decimals, made)
  return made
}

export const formatPrice = (price: number | null | undefined, decimals?: number): string =>
  price == null ? NOTHING : fixed(decimals ?? priceDecimals(price)).format(price)

const withSign = (text: string, value: number): string => (value < 0 ? `−${text}` : value > 0 ? `+${text}` : text)

export const formatChange = (change: number | null | undefined, decimals: number): string =>
  change == null ? NOTHING : withSign(fixed(decimals).format(Math.abs(change)), Number(change.toFixed(decimals)))

/** `share` 0.0123 as `+1.23%`. */
export const formatPercent = (share: number | null | undefined): string =>
  share == null ? NOTHING : `${withSign(fixed(2).format(Math.abs(share) * 100), Number((share * 100).toFixed(2)))}%`

const UNITS = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const

/** 1234567 as `1.23M`. */
export const formatVolume = (volume: number | null | undefined): string => {
  if (volume == null) return NOTHING
  for (const [size, unit] of UNITS)
    if (volume >= size)
      return `${(volume / size).toFixed(volume >= 100 * size ? 0 : volume >= 10 * size ? 1 : 2)}${unit}`
  return volume >= 100 || Number.isInteger(volume) ? volume.toFixed(0) : volume.toPrecision(3)
}

/** Milliseconds as a person says them: `850 ms`, `12 s`, `4 min`, `2 h`. */
export const formatAge = (age: number): string => {
  if (age < 1) return '<1 ms'
  if (age < 1_000) return `${Math.round(age)} ms`
  if (age < 60_000) return `${Math.round(age / 1_000)} s`
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min`
  if (age < 86_400_000) return `${Math.floor(age / 3_600_000)} h`
  return `${Math.floor(age / 86_400_000)} d`
}

/** How long ago, where parts of a second say nothing: `just now`, `12 s ago`. */
export const formatAgo = (age: number): string => (age < 1_000 ? 'just now' : `${formatAge(age)} ago`)

const COMPASS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const
export const formatHeading = (degrees: number | null | undefined): string =>
  degrees == null ? NOTHING : `${Math.round(degrees) % 360}° ${COMPASS[Math.round((degrees % 360) / 45) % 8]}`

/** Metres per second as km/h. */
export const formatSpeed = (speed: number | null | undefined): string =>
  speed == null ? NOTHING : `${Math.round(speed * 3.6)} km/h`
