import { MOST_REPORTED, type Report } from '../../../wire/devices.ts'
import type { Heard } from '../ports.ts'
import type { Failed } from './insist.ts'
import { packAttributes } from './told.ts'

type Send = (id: string, report: Report) => Promise<Heard | Failed>
/** What waits for the report before it. */
type Waiting = { own: { report: Report }; sent: Promise<Heard | Failed> }

/** Both, where they fit into one; what the later one says counts. */
const merge = (earlier: Report, later: Report): Report | null => {
  const fixes = [...(earlier.fixes ?? []), ...(later.fixes ?? [])]
  if (fixes.length > MOST_REPORTED) return null
  // What there is no room for is of the earlier one.
  const attributes = packAttributes(Object.entries({ ...later.attributes, ...missingIn(earlier, later) }))
  return {
    ...earlier,
    ...later,
    ...(fixes.length > 0 && { fixes }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  }
}

/** Attributes that the earlier report has, and the later one does not tell. */
const missingIn = ({ attributes = {} }: Report, { attributes: later = {} }: Report): Report['attributes'] =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !Object.hasOwn(later, name)))

/**
 * Sends the reports of a device one after the other. Those that come while one is on its way go together: after hours
 * without a network a phone publishes hundreds of messages at once.
 */
export const createMerging = (send: Send): Send => {
  const under = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Waiting>()

  const start = (id: string, report: Report): Promise<Heard | Failed> => {
    const sent = send(id, report)
    under.set(id, sent)
    const done = (): void => {
      if (under.get(id) === sent) under.delete(id)
    }
    sent.then(done, done)
    return sent
  }
  const after = (id: string, before: Promise<unknown>, report: Report): Promise<Heard | Failed> => {
    const own = { report }
    const next = (): Promise<Heard | Failed> => {
      if (waiting.get(id)?.own === own) waiting.delete(id)
      return start(id, own.report)
    }
    const sent = before.then(next, next)
    waiting.set(id, { own, sent })
    return sent
  }
  return (id, report) => {
    const last = waiting.get(id)
    const both = last && merge(last.own.report, report)
    if (last && both) {
      last.own.report = both
      return last.sent
    }
    const before = last?.sent ?? under.get(id)
    return before === undefined ? start(id, report) : after(id, before, report)
  }
}
