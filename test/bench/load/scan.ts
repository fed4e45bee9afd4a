/** Told of each trade in a frame: number of its symbol, its number there, and when it was published (Unix ms). */
export type OnTrade = (symbol: number, seq: number, at: number) => void

const QUOTE = 0x22
const POINT = 0x2e
const COMMA = 0x2c
const ZERO = 0x30

/** Reads numbers at a place in bytes, without making text of them. */
const reader = () => {
  let bytes: Buffer = Buffer.alloc(0)
  let at = 0
  const number = (): number => {
    let value = 0
    for (let digit = (bytes[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - ZERO)
      value = value * 10 + digit
    return value
  }
  return {
    begin: (from: Buffer, place: number): void => {
      bytes = from
      at = place
    },
    skip: (count: number): void => {
      at += count
    },
    place: (): number => at,
    byte: (ahead = 0): number => bytes[at + ahead] ?? 0,
    number,
    decimal: (): number => {
      const whole = number()
      if (bytes[at] !== POINT) return whole
      const from = ++at
      const fraction = number()
      return whole + fraction / 10 ** (at - from)
    },
    past: (byte: number): void => {
      while (at < bytes.length && bytes[at++] !== byte);
    },
    pastPair: (first: number, second: number): void => {
      while (at < bytes.length && !(bytes[at] === first && bytes[at + 1] === second)) at++
      at += 2
    },
  }
}

const r = reader()
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d
const LETTER_A = 0x61
const LETTER_T = 0x74

const UPDATES = '42["updates",['
const TOPIC = '{"topic":"s:'
const EPOCH = '","epoch":"'
const SEQ = ',"seq":'
const AT = ',"at":'
const TRADES = ',"trades":'

/**
 * The trades in a frame of Watchfloor's updates, each update holding one. Returns the place of the first segment that
 * is something else (a resync, a conflated update), -1 where there is none.
 */
export const scanUpdates = (bytes: Buffer, start: number, end: number, onTrade: OnTrade): number => {
  let segment = start + UPDATES.length
  while (segment < end - 2) {
    r.begin(bytes, segment + TOPIC.length + 1)
    const symbol = r.number()
    r.skip(EPOCH.length)
    r.past(QUOTE)
    r.skip(SEQ.length)
    const seq = r.number()
    if (r.byte(2) !== LETTER_A || r.byte(3) !== LETTER_T) return segment
    r.skip(AT.length)
    const at = r.decimal()
    if (r.byte(2) !== LETTER_T || r.byte(3) !== 0x72) return segment
    onTrade(symbol, seq, at)
    r.skip(TRADES.length)
    r.pastPair(CLOSE_BRACKET, CLOSE_BRACE)
    segment = r.place() + 1
  }
  return -1
}

const SYMBOL = '{"symbol":"'
const N = '","n":'

/** The trades of a baseline's text from `start`, one or several, as the feed wrote them. */
export const scanPlain = (bytes: Buffer, start: number, end: number, onTrade: OnTrade): void => {
  let place = start
  while (place + SYMBOL.length < end) {
    r.begin(bytes, place + SYMBOL.length + 1)
    const symbol = r.number()
    r.skip(N.length)
    const seq = r.number()
    r.skip(AT.length)
    onTrade(symbol, seq, r.decimal())
    r.pastPair(CLOSE_BRACE, CLOSE_BRACE)
    place = r.place()
    if (bytes[place] === COMMA) place++
  }
}
