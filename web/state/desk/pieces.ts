import { isHandle } from '../../../wire/people.ts'
import { isName } from '../../../wire/topics.ts'

/**
 * A message as it is shown. `text` of all pieces, one after the other, is the message: nothing is lost, and nothing is
 * added. What a piece names is opened by a click; all else is plain text.
 */
export type Piece = { text: string } & (
  | { kind: 'text' }
  | { kind: 'symbol'; symbol: string }
  | { kind: 'device'; device: string }
  | { kind: 'person'; id: string }
  | { kind: 'place'; lat: number; lon: number }
  | { kind: 'moment'; t: number }
  | { kind: 'view'; hash: string }
  | { kind: 'link'; href: string }
)
type Named = Exclude<Piece, { kind: 'text' }>

/** What may stand before a chip: not a letter, nor what would make it a part of something longer. */
const APART = '(?<![\\p{L}\\p{N}_$#@/.&=?%~+-])'
/** A name as it is written in a message: `$AAPL`, or `#{B-XY 1234}` where it has letters that end a plain one. */
const NAME = '(?:\\{[^{}\\n]{1,64}\\}|[^\\s{}"\\\\,;]+)'
const BIDI = '\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069'

const MOMENT = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,3})?)?(?:Z|[+-]\\d\\d:\\d\\d)'
const PLACE = '-?\\d{1,2}\\.\\d{1,12}, ?-?\\d{1,3}\\.\\d{1,12}'

/** All that may be a chip, by the names of its groups. */
const CANDIDATE = new RegExp(
  [
    `(?<link>${APART}https?://[^\\s<>"\\\\{}${BIDI}]+)`,
    `(?<view>${APART}#/(?:markets|split|fleet)(?![\\p{L}\\p{N}])[^\\s<>"{}]*)`,
    `(?<symbol>${APART}\\$${NAME})`,
    `(?<device>${APART}#${NAME})`,
    `(?<person>${APART}@[A-Za-z\\d][A-Za-z\\d._-]*)`,
    `(?<moment>(?<![\\p{L}\\p{N}.:-])${MOMENT}(?![\\p{L}\\p{N}]))`,
    `(?<place>(?<![\\p{L}\\p{N}.,-]|, )${PLACE}(?![\\p{L}\\p{N}]|[.,] ?\\d))`,
  ].join('|'),
  'gu',
)

/** What ends a sentence, not a name. */
const TRAILING = /[.,;:!?…'’”»)\]>*]+$/u
const MARK = /[.,;:!?…'’”»)\]>*]/u

/** A link without the mark that ends its sentence; a bracket stays where it closes one of its own. */
const trimLink = (link: string): string => {
  let own = link
  for (let last = own.at(-1); last !== undefined && MARK.test(last); last = own.at(-1)) {
    if (last === ')' && own.split('(').length >= own.split(')').length) break
    own = own.slice(0, -1)
  }
  return own
}

/** The name behind its sign, and how much of the text it takes. */
const nameIn = (text: string): { name: string; text: string } | null => {
  const braced = text[1] === '{'
  const own = braced ? text : text.replace(TRAILING, '')
  const name = braced ? own.slice(2, -1) : own.slice(1)
  return isName(name) ? { name, text: own } : null
}
const isBraced = (text: string): boolean => text[1] === '{'

const symbolPiece = (text: string): Named | null => {
  const found = nameIn(text)
  // `$5.30` is money.
  if (found === null || (!isBraced(text) && /^\p{N}/u.test(found.name))) return null
  return { kind: 'symbol', text: found.text, symbol: found.name }
}

const devicePiece = (text: string): Named | null => {
  const found = nameIn(text)
  // `#1` is a rank.
  if (found === null || (!isBraced(text) && found.name.length < 2)) return null
  return { kind: 'device', text: found.text, device: found.name }
}

const personPiece = (text: string): Named | null => {
  const own = text.replace(/[._-]+$/, '')
  const id = own.slice(1).toLowerCase()
  return isHandle(id) ? { kind: 'person', text: own, id } : null
}

const placePiece = (text: string): Named | null => {
  const [lat = Number.NaN, lon = Number.NaN] = text.split(',').map(Number)
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { kind: 'place', text, lat, lon } : null
}

const momentPiece = (text: string): Named | null => {
  const t = Date.parse(text)
  return Number.isFinite(t) ? { kind: 'moment', text, t } : null
}

const VIEW = /^#\/(?:markets|split|fleet)(?=[/?]|$)/

const viewPiece = (text: string): Named | null => {
  const own = trimLink(text)
  return VIEW.test(own) ? { kind: 'view', text: own, hash: own } : null
}

const linkPiece = (text: string, origin: string): Named | null => {
  const own = trimLink(text)
  if (!URL.canParse(own)) return null
  const url = new URL(own)
  // One with a name before an `@` shows another host than it leads to.
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '') return null
  if (url.origin === origin && url.pathname === '/' && VIEW.test(url.hash))
    return { kind: 'view', text: own, hash: url.hash }
  return { kind: 'link', text: own, href: url.href }
}

const pieceOf = (groups: Record<string, string | undefined>, origin: string): Named | null => {
  const { link, view, symbol, device, person, place, moment } = groups
  if (link !== undefined) return linkPiece(link, origin)
  if (view !== undefined) return viewPiece(view)
  if (symbol !== undefined) return symbolPiece(symbol)
  if (device !== undefined) return devicePiece(device)
  if (person !== undefined) return personPiece(person)
  if (moment !== undefined) return momentPiece(moment)
  return place === undefined ? null : placePiece(place)
}

/** A message in pieces. `origin`: the dashboard's own, so that links to its views open in place. */
export const piecesOf = (text: string, origin: string): Piece[] => {
  const pieces: Piece[] = []
  let from = 0
  const plain = (to: number): void => {
    if (to > from) pieces.push({ kind: 'text', text: text.slice(from, to) })
  }
  for (const found of text.matchAll(CANDIDATE)) {
    const piece = pieceOf(found.groups ?? {}, origin)
    if (piece === null) continue
    plain(found.index)
    pieces.push(piece)
    from = found.index + piece.text.length
  }
  plain(text.length)
  return pieces
}
