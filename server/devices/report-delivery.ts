import { classify } from '../../feed/failures.ts'
import { type Placement, placeDevices } from '../../feed/place-devices.ts'
import type { Port } from '../../feed/port.ts'
import { createRegistering } from '../../feed/registering.ts'
import { readReply } from '../../feed/tally.ts'
import type { Call } from '../../wire/calls.ts'
import type { WireError } from '../../wire/protocol.ts'
import { wireError } from '../live/requests.ts'
import type { Pending } from './batches.ts'
import type { Heard } from './ports.ts'

/** A report on its way: what Redis is to be told of it, at least one of the two. `done` is called once. */
export type PendingReport = Pending & {
  id: string
  fixes: Call | null
  life: Call | null
  done: (outcome: Heard | { error: WireError }) => void
}

export const callsOf = ({ fixes, life }: PendingReport): Call[] => [fixes ?? [], life ?? []].flat()

/** Whether a call that failed may go through later. */
const isToRetry = (error: Error): boolean => classify(error).kind === 'wait'

/** Carries out reports of different devices that one server holds: the devices, then their cells, then the register. */
export const createReportDelivery = (port: Port) => {
  const registering = createRegistering(port, isToRetry, () => {})

  /** What fails here is tried again with the next reports; where the node dies before, the sweeper does it. */
  const register = async (ids: readonly string[]): Promise<void> => {
    registering.retry()
    for (const id of ids) registering.add({ id })
    if (registering.waiting() > 0) await registering.send()
  }

  return async (reports: readonly PendingReport[]): Promise<void> => {
    const replies = await port.run(reports.flatMap(callsOf))
    let at = 0
    const taken = new Map<string, Taken & PendingReport>()
    for (const report of reports) {
      const { length } = callsOf(report)
      const read = readReplies(report, replies.slice(at, at + length))
      at += length
      if ('error' in read) report.done(read)
      else taken.set(report.id, { ...report, ...read })
    }
    const all = [...taken.values()]
    const whole: string[] = []
    await placeDevices(
      all.map(({ placement }) => placement),
      port,
      isToRetry,
      (id, isWhole) => {
        if (isWhole) whole.push(id)
      },
    )
    await register(all.filter(({ isNew }) => isNew).map(({ id }) => id))
    for (const id of whole) {
      const report = taken.get(id)
      report?.done(report.heard)
      taken.delete(id)
    }
    // Reported again, it is placed again.
    for (const { done } of taken.values()) done({ error: wireError('unavailable') })
  }
}

/** What Redis has of a report. `isNew`: it is the first that was ever heard of the device. */
type Taken = { heard: Heard; placement: Placement; isNew: boolean }

/** What Redis answered for one report: to its fixes, where it has any, and to its sign of life. */
const readReplies = ({ id, fixes, life }: PendingReport, replies: readonly unknown[]): Taken | { error: WireError } => {
  const failure = replies.find((reply) => reply instanceof Error)
  if (failure instanceof Error) return { error: errorOf(failure) }
  const [ofFixes, ofLife] = fixes === null ? [undefined, replies[0]] : replies
  const lived = life === null ? null : (ofLife as [seq: number, epoch: string, open: number])
  const reply = fixes === null ? null : readReply(ofFixes)
  const [fix = '', cell = '', from = '', ...refused] = reply?.rest ?? []
  return {
    heard: {
      accepted: reply?.accepted ?? 0,
      repeats: reply?.repeats ?? 0,
      refused,
      open: lived === null ? null : Number(lived[2]),
    },
    placement: { id, fix, cell, from },
    isNew: (reply?.seq ?? Number(lived?.[0])) === 1,
  }
}

/** What Redis will never take is refused, or the device would say it for ever. */
const errorOf = (error: Error): WireError =>
  isToRetry(error) ? wireError('unavailable') : wireError('bad_request', error.message.slice(0, 200))
