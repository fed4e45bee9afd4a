import type { Kind } from './kinds/kind.ts'
import { kindAt, type Part, type TopicKind } from './kinds/kinds.ts'

/**
 * Topics: the one thing everything that moves is. A topic is a symbol (`s:AAPL`), a cell of the map
 * (`c:buses/0231301203313`), a device (`d:BUS-8928`), or of whatever other kind kinds/ has. Its Redis keys and its
 * channel share one hash tag, so that one call can write them all.
 */
export type Topic = `${TopicKind}:${string}`

/** The longest symbol and device id, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 64
/**
 * A symbol or a device's id as its source writes it: `BRK.B`, `BTC/USD`, `^GSPC`, `btcusdt`, `B-XY 1234`, `user/phone`.
 * Any text but what would break a key's hash tag or the JSON around it (braces, quotation marks, backslashes, control
 * characters), without a blank at either end, and not `.` or `..`, which an address cannot hold.
 */
export const NAME_PATTERN = /^(?! )(?!\.{1,2}$)[ !#-[\]-z|~\u00A0-\uFFFF]{1,64}(?<! )$/
/** Whether `text` can be a symbol or a device's id. Upper and lower case differ. */
export const isName = (text: string): boolean =>
  NAME_PATTERN.test(text) && text.isWellFormed() && new TextEncoder().encode(text).length <= MAX_NAME_BYTES

export const symbolTopic = (symbol: string): Topic => `s:${symbol}`
export const cellTopic = (cell: string): Topic => `c:${cell}`
export const deviceTopic = (id: string): Topic => `d:${id}`

/** The register of devices. */
export const REGISTER: Topic = 'r:devices'
/** What was taken back. Nodes watch it, and clients never do. */
export const ACCESS: Topic = 'a:access'

export const topicKind = (topic: Topic): TopicKind => topic[0] as TopicKind
/** What is known of a topic's kind. */
export const kindOf = (topic: Topic): Kind => {
  const entry = kindAt(topicKind(topic))
  if (entry === undefined) throw new Error(`${topic} is of no kind that is known`)
  return entry.kind
}
/** What follows the kind: the symbol, cell or device id. */
export const topicId = (topic: Topic): string => topic.slice(2)

/** The topic that `text` names, or null where it names none. The only way in for text from outside. */
export const parseTopic = (text: string): Topic | null => {
  const [letter = '', colon] = text
  const entry = colon === ':' ? kindAt(letter) : undefined
  if (entry === undefined) return null
  const id = text.slice(2)
  return (entry.pattern?.test(id) ?? isName(id)) ? (text as Topic) : null
}

/** The key of a topic's state hash, which is also the name of its channel: `wf:{s:AAPL}`. */
export const topicKey = (topic: Topic): string => `wf:{${topic}}`
/** The topic whose state (or channel) `key` is, or null where it is of none. */
export const keyTopic = (key: string): Topic | null =>
  key.startsWith('wf:{') && key.endsWith('}') ? parseTopic(key.slice(4, -1)) : null
/** The key of a topic's further data, in the same slot: `wf:{s:AAPL}:log`. */
export const topicPart = (topic: Topic, part: Part): string => `${topicKey(topic)}:${part}`
/** All keys of a topic, in the order in which calls name them. */
export const topicKeys = (topic: Topic): string[] => {
  const key = topicKey(topic)
  return [key, ...kindOf(topic).parts.map((part) => `${key}:${part}`)]
}

/** Hash: symbol -> name, of every symbol that a feed has described. */
export const SYMBOLS_KEY = 'wf:{symbols}'
