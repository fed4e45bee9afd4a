/** Text for numbers. Every function returns a dash where there is nothing to tell. */
export const NOTHING = '–'

/**
 * Digits beyond this many come from the arithmetic, not from the source: 0.1 + 0.2 is 0.3. A double holds as many of
 * any decimal number.
 */
const DIGITS = 15
/** Prices smaller than the one, or from the other on, are written with a power of ten: `1.35e-10`. */
const SMALL = 1e-6
const LARGE = 1e12
export type PriceStyle = 'plain' | 'power'
export const styleOf = (size: number): PriceStyle => (size === 0 || (size >= SMALL && size < LARGE) ? 'plain' : 'power')

/** The power of ten of a number's first digit, and that of its last one. */
const powersOf = (value: number): { first: number; last: number } => {
  const [digits = '', power] = Number(Math.abs(value).toPrecision(DIGITS)).toExponential().split('e')
  const first = Number(power)
  return { first, last: first - Math.max(0, digits.length - 2) }
}

/**
 * How many decimals a price is shown with: as many as it comes with, and at least two; for 1.3e-10 and the like, two
 * after its first digit. Below 0 if even the last digits before the point are left out.
 */
const priceDecimals = (price: number): number => {
  const { first, last } = powersOf(price)
  return Math.max(styleOf(Math.abs(price)) === 'plain' ? 2 : 2 - first, -last)
}

/** As many decimals as tell all of these prices; 2 where there are none. */
export const mostDecimals = (prices: readonly (number | null)[]): number => {
  const known = prices.filter((price) => price !== null)
  return known.length === 0 ? 2 : Math.max(...known.map(priceDecimals))
}

const formats = new Map<number, Intl.NumberFormat>()
const fixed = (decimals: number): Intl.NumberFormat => {
  const known = formats.get(decimals)
  if (known) return known
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  formats.set(decimals, made)
  return made
}

/** `1.200e12` as `1.2e12`. */
const short = (power: string): string => power.replace(/\.?0*e/, 'e')

/** A number that is not negative, to `decimals`. */
const amount = (size: number, decimals: number, style: PriceStyle): string => {
  if (size === 0) return fixed(decimals > 8 || decimals < 0 ? 0 : decimals).format(0)
  if (style === 'plain') return fixed(Math.max(0, decimals)).format(size)
  const digits = decimals + powersOf(size).first
  if (digits < 0) return '0'
  const text = size.toExponential(Math.min(DIGITS - 1, digits)).replace('e+', 'e')
  return size < LARGE ? text : short(text)
}

/** `text`, the number without its sign, with the sign of `value`; without one where the text says zero. */
const withSign = (text: string, value: number, plus = '+'): string =>
  /^[0.,]*(e|$)/.test(text) ? text : value < 0 ? `−${text}` : `${plus}${text}`

export const formatPrice = (price: number | null | undefined, decimals?: number, style?: PriceStyle): string => {
  if (price == null) return NOTHING
  const size = Math.abs(price)
  return withSign(amount(size, decimals ?? priceDecimals(price), style ?? styleOf(size)), price, '')
}

/** A price on an axis: all in the style of the axis, and as short as can be. */
export const formatMark = (price: number, decimals: number, style: PriceStyle): string => {
  if (style === 'power' && price === 0) return '0'
  const text = formatPrice(price, decimals, style)
  return style === 'plain' ? text : short(text)
}

export const formatChange = (change: number | null | undefined, decimals: number): string =>
  change == null ? NOTHING : withSign(amount(Math.abs(change), decimals, styleOf(Math.abs(change))), change)

/** Which way a figure says that something went: none where it says a dash, or zero. */
export const wayOf = (figure: string): 'up' | 'down' | '' =>
  figure.startsWith('+') ? 'up' : figure.startsWith('−') ? 'down' : ''
export const ARROWS = { up: '▲', down: '▼', '': '' } as const

/**
 * What share of `reference` lies between it and `value`; null against zero or a negative price, where a share means
 * nothing.
 */
export const shareOf = (value: number, reference: number): number | null =>
  reference > 0 ? (value - reference) / reference : null

/** `share` 0.0123 as `+1.23%`. */
export const formatPercent = (share: number | null | undefined): string => {
  if (share == null) return NOTHING
  const percent = Math.abs(share) * 100
  const text = percent >= 1e6 ? formatVolume(percent) : fixed(percent >= 1e3 ? 0 : 2).format(percent)
  return `${withSign(text, share)}%`
}

const UNITS = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const

/** 1234567 as `1.23M`: three digits. */
export const formatVolume = (volume: number | null | undefined): string => {
  if (volume == null) return NOTHING
  if (volume >= 999.5e12) return volume.toExponential(2).replace('e+', 'e')
  for (const [size, unit] of UNITS) if (volume >= 0.9995 * size) return `${(volume / size).toPrecision(3)}${unit}`
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

/** A text of any length, cut to `most` letters. */
export const shorten = (text: string, most: number): string => {
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

/** How long something took, to the minute: `45 min`, `2 h 7 min`, `2 d 17 h`. */
export const formatSpan = (span: number): string => {
  const minutes = Math.max(1, Math.round(span / 60_000))
  const days = Math.floor(minutes / 1_440)
  const parts = [
    [days, 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [days > 0 ? 0 : minutes % 60, 'min'],
  ] as const
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count} ${unit}`] : [])).join(' ')
}

/** How long ago, where parts of a second say nothing: `just now`, `12 s ago`. */
export const formatAgo = (age: number): string => (age < 1_000 ? 'just now' : `${formatAge(age)} ago`)

const COMPASS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const
export const formatHeading = (degrees: number | null | undefined): string =>
  degrees == null ? NOTHING : `${Math.round(degrees) % 360}° ${COMPASS[Math.round((degrees % 360) / 45) % 8]}`

/** Metres as a person says them: `80 m`, `1.8 km`, `240 km`. */
export const formatDistance = (metres: number): string =>
  metres < 995 ? `${metres.toFixed(0)} m` : `${(metres / 1_000).toFixed(metres < 9_950 ? 1 : 0)} km`

/** Metres per second as km/h. */
export const formatSpeed = (speed: number | null | undefined): string =>
  speed == null ? NOTHING : `${fixed(0).format(speed * 3.6)} km/h`
