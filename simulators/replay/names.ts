import { isName, MAX_NAME_BYTES } from '../../wire/topics.ts'

/** Names for what a file does not name itself. */
export type Names = { symbol: string; device: string }

/** Text, less characters at its end, that fits into so many bytes of UTF-8. */
const within = (text: string, bytes: number): string =>
  text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(bytes)).read)

/**
 * What `text` is called as a symbol or device: a dash for what no name can have, and not too long with `end` behind it.
 * Empty: no name.
 */
export const asName = (text: string, end = ''): string => {
  const plain = [...text.toWellFormed()]
    .map((sign) => (sign === ' ' || isName(sign) || sign === '.' ? sign : '-'))
    .join('')
  const name = within(plain.trim(), MAX_NAME_BYTES - end.length).trim() + end
  return isName(name) ? name : ''
}

/** `/x/xrp-eth-trades.json.gz` names the symbol XRP-ETH and the device xrp-eth-trades. */
export const namesOf = (path: string): Names => {
  const base = (path.split(/[\\/]/).at(-1) ?? '').replace(/\.gz$/i, '').replace(/\.[a-z0-9]+$/i, '')
  const device = asName(base) || 'recording'
  const symbol = device
    .toUpperCase()
    .replace(/[-_ ]TRADES$/, '')
    .replace(/[_ ]+/g, '-')
    .replace(/^-+/, '')
  return { symbol: asName(symbol) || 'RECORDING', device }
}
