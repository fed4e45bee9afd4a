/**
 * Where the event loop enters the code of a node, and what a fault there costs; docs/operations.md lists the same. No
 * fault ends the node: what is thrown at one of these is counted, logged once, and costs only what it belongs to.
 */
export const PLACES = {
  'redis.bytes': 'the subscriber connection is opened again, and what was lost is read',
  'redis.event': 'none: the next check repairs what was left undone',
  'redis.rest': 'the pause ends early: the connection is read again',
  'redis.settle': 'this try fails; the next one comes soon',
  'redis.watch': 'this check is skipped; the next one comes in two seconds',
  'redis.nodes': 'what another node said is lost',
  'topic.message': 'the topic is read again',
  'topic.read': 'whoever asked gets `unavailable`; a topic tries again',
  'topic.recover': 'this try fails; the next one comes in a second or two',
  'topic.linger': 'none: the topic is dropped',
  'topic.conflate': 'the topic is read again; its updates are sent as they came',
  'client.connect': 'the client loses its connection',
  'client.work': 'the client loses its connection',
  'client.request': 'the client loses its connection',
  'client.heartbeat': 'the client loses its connection',
  'client.push': 'the client loses its connection',
  'client.flush': 'the client loses its connection',
  'client.wake': 'the client loses its connection',
  'client.catch-up': 'the client loses its connection',
  'client.disconnect': 'none: the client is gone',
  'device.line': 'the connection of the receiver ends',
  'device.broker': 'the message is dropped',
  'device.feed': 'this turn is skipped; the next one comes',
  'device.lease': 'this turn is skipped; the next one comes',
  'archive.lease': 'this turn is skipped; the next one comes',
  'archive.turn': 'this turn is skipped, or one topic left alone for a minute; Redis keeps what is not archived',
  flush: 'a moment is lost: the next flush sends what waits',
  'chore.compare': 'this turn is skipped; the next one comes',
  'chore.archive': 'this turn is skipped; the next one comes',
  'chore.connections': 'this turn is skipped; the next one comes',
  'chore.counts': 'this turn is skipped; the next one comes',
  'chore.groups': 'this turn is skipped; the next one comes',
  'chore.presence': 'this turn is skipped; the next one comes',
  'chore.revocations': 'this turn is skipped; the next one comes',
  'chore.arrivals': 'this turn is skipped; the next one comes',
  'chore.people': 'this turn is skipped; the next one comes',
  'chore.devices': 'this turn is skipped; the next one comes',
  'chore.commands': 'this turn is skipped; the next one comes',
  'chore.clocks': 'this turn is skipped; the next one comes',
  'chore.sweep': 'this turn is skipped; the next one comes',
  'device.batch': 'whoever waits for it gets `unavailable`',
  'device.connection': 'what was left undone is tried again',
  'http.request': 'the connection of the request ends',
  'http.connection': 'the connection ends',
  'http.turn': 'none: the next piece of work has its turn',
  'http.upgrade': 'the connection ends',
  metrics: 'the figure is left out',
  stop: 'the step is skipped; the next one is taken',
  process: 'unknown: it was caught last of all',
} as const satisfies Record<string, string>

export type Place = keyof typeof PLACES

/** Something was thrown at a place; `of`: the topic or the client that it belongs to. */
export type Fault = { at: Place; error: unknown; of: string }

export type Faults = {
  /**
   * Returns the same function for the event loop to call: it never throws, nor rejects. `cost` is called with what was
   * thrown and the arguments.
   */
  guard: <A extends unknown[]>(
    at: Place,
    run: (...args: A) => unknown,
    cost?: (error: unknown, ...args: A) => void,
    of?: string,
  ) => (...args: A) => void
  /** Tells of one that was caught where a `guard` would cost too much. */
  caught: (at: Place, error: unknown, of?: string) => void
  /** Throws where a test wants it; null outside of tests. */
  inject: Inject | null
}

/** Whether code is at fault: unlike what a Redis or a network says of itself, such an error is never expected. */
export const isOwnFault = (error: unknown): boolean =>
  [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind)

export type Inject = (at: Place, of: string) => void

/** `tell` hears of each fault; what it throws goes on. */
export const createFaults = (tell: (fault: Fault) => void, inject: Inject | null = null): Faults => {
  const caught: Faults['caught'] = (at, error, of = '') => tell({ at, error, of })
  return {
    caught,
    inject,
    guard: (at, run, cost, of = '') => {
      const fail = (error: unknown, args: Parameters<typeof run>): void => {
        caught(at, error, of)
        try {
          cost?.(error, ...args)
        } catch (again) {
          caught(at, again, of)
        }
      }
      return (...args) => {
        try {
          inject?.(at, of)
          const done = run(...args)
          if (done instanceof Promise) done.catch((error) => fail(error, args))
        } catch (error) {
          fail(error, args)
        }
      }
    },
  }
}
