/**
 * Topics: the one thing everything that moves is. A topic is a symbol (`s:AAPL`), a cell of the map (`c:0231301203313`)
 * or a device (`d:BUS-8928`). Its Redis keys and its channel share one hash tag, so that one call can write them all.
 */
export type Topic = `${TopicKind}:${string}`
export type TopicKind = 's' | 'c' | 'd'

/** A symbol as feeds name it: upper case, digits, dot and dash (`BRK.B`, `XRP-ETH`); at most 24 characters. */
export const SYMBOL_PATTERN = /^[A-Z0-9][A-Z0-9.-]{0,23}$/
/** A device's id: letters, digits, dot, dash and underscore; at most 48 characters. */
export const DEVICE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/
/** A cell: the quadkey of a slippy-map tile at the base zoom (see cells.ts). */
export const CELL_PATTERN = /^[0-3]{13}$/

const PATTERNS = { s: SYMBOL_PATTERN, c: CELL_PATTERN, d: DEVICE_PATTERN } as const satisfies Record<TopicKind, RegExp>

export const symbolTopic = (symbol: string): Topic => `s:${symbol}`
export const cellTopic = (cell: string): Topic => `c:${cell}`
export const deviceTopic = (id: string): Topic => `d:${id}`

export const topicKind = (topic: Topic): TopicKind => topic[0] as TopicKind
/** The symbol, cell or device id of a topic. */
export const topicId = (topic: Topic): string => topic.slice(2)

/** The topic that `text` names, or null where it names none. The only way in for text from outside. */
export const parseTopic = (text: string): Topic | null => {
  const pattern = text[1] === ':' ? PATTERNS[text[0] as TopicKind] : undefined
  return pattern?.test(text.slice(2)) ? (text as Topic) : null
}

/** The key of a topic's state hash, which is also the name of its channel: `wf:{s:AAPL}`. */
export const topicKey = (topic: Topic): string => `wf:{${topic}}`
/** The key of a topic's further data, in the same slot: `wf:{s:AAPL}:log`. */
export const topicPart = (topic: Topic, part: 'log' | '1m' | 'track' | 'geo' | 'fix'): string =>
  `${topicKey(topic)}:${part}`

/** Hash: symbol -> name, of every symbol that a feed has described. */
export const SYMBOLS_KEY = 'wf:{symbols}'
