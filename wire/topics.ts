/**
 * Topics: the one thing everything that moves is. A topic is a symbol (`s:AAPL`), a cell of the map (`c:0231301203313`)
 * or a device (`d:BUS-8928`). Its Redis keys and its channel share one hash tag, so that one call can write them all.
 */
export type Topic = `${TopicKind}:${string}`
export type TopicKind = 's' | 'c' | 'd'

/** The longest symbol and device id, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 64
/**
 * A symbol or a device's id as its source writes it: `BRK.B`, `BTC/USD`, `^GSPC`, `btcusdt`, `B-XY 1234`, `user/phone`. Any text but what
 * would break a key's hash tag or the JSON around it (braces, quotation marks, backslashes, control characters), without a blank at
 * either end, and not `.` or `..`, which an address cannot hold.
 */
export const NAME_PATTERN = /^(?! )(?!\.{1,2}$)[ !#-[\]-z|~\u00A0-\uFFFF]{1,64}(?<! )$/
/** A cell: the quadkey of a slippy-map tile at the base zoom (see cells.ts). */
export const CELL_PATTERN = /^[0-3]{13}$/

/** Whether `text` can be a symbol or a device's id. Upper and lower case differ. */
export const isName = (text: string): boolean =>
  NAME_PATTERN.test(text) && text.isWellFormed() && new TextEncoder().encode(text).length <= MAX_NAME_BYTES

const isCell = (text: string): boolean => CELL_PATTERN.test(text)
const CHECKS = { s: isName, c: isCell, d: isName } as const satisfies Record<TopicKind, (id: string) => boolean>

export const symbolTopic = (symbol: string): Topic => `s:${symbol}`
export const cellTopic = (cell: string): Topic => `c:${cell}`
export const deviceTopic = (id: string): Topic => `d:${id}`

export const topicKind = (topic: Topic): TopicKind => topic[0] as TopicKind
/** The symbol, cell or device id of a topic. */
export const topicId = (topic: Topic): string => topic.slice(2)

/** The topic that `text` names, or null where it names none. The only way in for text from outside. */
export const parseTopic = (text: string): Topic | null => {
  const [kind = '', colon] = text
  return colon === ':' && Object.hasOwn(CHECKS, kind) && CHECKS[kind as TopicKind](text.slice(2))
    ? (text as Topic)
    : null
}

/** The key of a topic's state hash, which is also the name of its channel: `wf:{s:AAPL}`. */
export const topicKey = (topic: Topic): string => `wf:{${topic}}`
/** The topic whose state (or channel) `key` is, or null where it is of none. */
export const keyTopic = (key: string): Topic | null =>
  key.startsWith('wf:{') && key.endsWith('}') ? parseTopic(key.slice(4, -1)) : null
/** The key of a topic's further data, in the same slot: `wf:{s:AAPL}:log`. */
export const topicPart = (topic: Topic, part: 'log' | '1m' | 'track' | 'past' | 'seen' | 'geo' | 'fix'): string =>
  `${topicKey(topic)}:${part}`

/** Hash: symbol -> name, of every symbol that a feed has described. */
export const SYMBOLS_KEY = 'wf:{symbols}'
