import { NOWHERE } from '../../../../wire/cursors.ts'
import type { Cursor, Tuning, WatchResult } from '../../../../wire/protocol.ts'
import { type Topic, topicKind } from '../../../../wire/topics.ts'
import type { Connection } from './connection.ts'

export const AGAIN_MS = 1000
const BOUNDS = { west: 0, south: 0, east: 1, north: 1 }

const isCell = (topic: Topic): boolean => topicKind(topic) === 'c'

export type AsksPorts = {
  wanted: ReadonlyMap<Topic, Tuning>
  cursorOf: (topic: Topic) => Cursor | null
  /** A topic is asked for from now on. */
  begin: (topic: Topic) => void
  answered: (results: readonly WatchResult[]) => void
}

/** What a client has to ask of its node: one message under way at a time. */
export const createAsks = ({ wanted, cursorOf, begin, answered }: AsksPorts) => {
  const toAsk = new Set<Topic>()
  const toTune = new Set<Topic>()
  const toLeave = new Set<Topic>()
  let connection: Connection | null = null
  let busy = false

  /** One message; what is refused as a whole, since it was too much at once, is sent again. */
  const send = <Reply extends object>(event: string, request: object, done: (reply: Reply) => void): void => {
    const of = connection
    const attempt = (): void =>
      of?.request(event, request, (reply) => {
        if (of !== connection) return
        if ('error' in reply) return void setTimeout(() => of === connection && attempt(), AGAIN_MS)
        busy = false
        done(reply as Reply)
        next()
      })
    busy = true
    attempt()
  }

  const leave = (): void => {
    const topics = [...toLeave]
    toLeave.clear()
    if (topics.some(isCell)) send('watch', { topics: [], view: null }, () => {})
    else send('unwatch', { topics }, () => {})
    for (const topic of topics) if (topics.some(isCell) && !isCell(topic)) toLeave.add(topic)
  }

  const tunings = (topics: readonly Topic[]) => ({
    topics: topics.filter((topic) => !isCell(topic)).map((topic) => ({ topic, ...wanted.get(topic) })),
    ...Object.assign({}, ...topics.filter(isCell).map((topic) => ({ view: { ...wanted.get(topic) } }))),
  })

  const ask = (): void => {
    const topics = [...toAsk].filter((topic) => wanted.has(topic))
    toAsk.clear()
    if (topics.length === 0) return
    for (const topic of topics) {
      toTune.delete(topic)
      begin(topic)
    }
    const withCursor = (topic: Topic) => ({
      topic,
      ...(cursorOf(topic) && { cursor: cursorOf(topic) }),
      ...wanted.get(topic),
    })
    const cells = topics.filter(isCell)
    const cursors = Object.fromEntries(cells.map((topic) => [topic, cursorOf(topic) ?? NOWHERE]))
    const view = cells.map((topic) => ({ view: { bounds: BOUNDS, cursors, ...wanted.get(topic) } }))
    send(
      'watch',
      Object.assign({ topics: topics.filter((topic) => !isCell(topic)).map(withCursor) }, ...view),
      ({ results }: { results: WatchResult[] }) => answered(results),
    )
  }

  /** Sends the next message, where none is under way. */
  const next = (): void => {
    if (busy || !connection) return
    if (toLeave.size > 0) leave()
    else if (toAsk.size > 0) ask()
    else if (toTune.size > 0) {
      const topics = [...toTune].filter((topic) => wanted.has(topic))
      toTune.clear()
      if (topics.length > 0) send('tune', tunings(topics), () => {})
    }
  }

  return {
    watch: (topic: Topic): void => void toAsk.add(topic),
    tune: (topic: Topic): void => void toTune.add(topic),
    unwatch: (topic: Topic): void => void toLeave.add(topic),
    next,
    /** Asks again after a while, on the same connection. */
    again: (topic: Topic, ms: number): void => {
      const of = connection
      setTimeout(() => {
        if (of !== connection || !wanted.has(topic)) return
        toAsk.add(topic)
        next()
      }, ms)
    },
    /** A new connection, or none: what was under way is no more. */
    start: (now: Connection | null): void => {
      connection = now
      busy = false
      for (const set of [toAsk, toTune, toLeave]) set.clear()
    },
  }
}
