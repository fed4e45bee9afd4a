/** A connection to a broker, as far as acknowledgements are concerned. */
export type AckStream = { write: (bytes: Uint8Array) => unknown }

/** Message ids have two bytes. PUBACK, of MQTT 3.1.1 and of 5 alike: all is well. */
const PUBACK = 0x40
const puback = (messageId: number): Uint8Array => Uint8Array.of(PUBACK, 2, messageId >> 8, messageId & 0xff)

export type Acks = {
  /** A message came by this connection. Returns what to call once it may be forgotten by the broker. */
  begin: (stream: AckStream, messageId: number) => () => void
  /** Messages that are not acknowledged. */
  waiting: () => number
}

/**
 * Acknowledges messages in the order in which they came, as MQTT asks for, each once it is done. `current`: the
 * connection that there is. What came by an earlier one is not acknowledged: the broker sends it again.
 */
export const createAcks = (current: () => AckStream | null): Acks => {
  let waiting: { stream: AckStream; messageId: number; isDone: boolean }[] = []
  const release = (): void => {
    const left = waiting.findIndex(({ isDone }) => !isDone)
    const done = left < 0 ? waiting : waiting.slice(0, left)
    waiting = left < 0 ? [] : waiting.slice(left)
    for (const { stream, messageId } of done) if (stream === current()) stream.write(puback(messageId))
  }
  return {
    begin: (stream, messageId) => {
      const message = { stream, messageId, isDone: false }
      waiting.push(message)
      return () => {
        message.isDone = true
        release()
      }
    },
    waiting: () => waiting.length,
  }
}
