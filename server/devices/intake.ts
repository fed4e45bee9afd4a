import { type Port, pick } from '../../feed/port.ts'
import { publishFixes } from '../../wire/calls.ts'
import { lifeCall } from '../../wire/command-calls.ts'
import { MOST_REPORTED, type Report } from '../../wire/devices.ts'
import type { WireError } from '../../wire/protocol.ts'
import { isName } from '../../wire/topics.ts'
import { createAllowances } from '../access/allowance.ts'
import type { Faults } from '../faults.ts'
import { wireError } from '../live/requests.ts'
import { createBatches } from './batches.ts'
import { numbered } from './numbered.ts'
import type { Door, Heard, Intake } from './ports.ts'
import { callsOf, createReportDelivery, type PendingReport } from './report-delivery.ts'
import { createToldLife } from './told-life.ts'

/** What became of a report. */
export const REPORTED = ['taken', 'repeat', 'refused', 'rate_limited', 'unavailable'] as const
export type Reported = (typeof REPORTED)[number]

export type IntakePorts = {
  port: Port
  count: (door: Door, outcome: Reported) => void
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
  faults: Faults
}

type Outcome = Heard | { error: WireError }

/** Reports that wait for Redis at the most; those that go together, and batches on their way at once. */
const CAP = 20_000
const MOST = 300
const DEPTH = 8
const GATHER_MS = 5
/**
 * Of one device: so many reports a second, and so many at once, for it may have kept an hour of them. So many fixes in
 * a report count as one report more.
 */
const PACE = { share: 10 / 1000, burst: 600, most: 50_000 }
const FIXES_A_REPORT = 20

const failed = (error: WireError): Outcome => ({ error })

/** The one way in of what devices report: each report resolves once Redis has all of it. */
export const createIntake = ({ port, count, now, faults }: IntakePorts): Intake => {
  const told = createToldLife(now)
  const { spend, wait } = createAllowances(PACE, now)
  const deliver = createReportDelivery(port)
  const batches = createBatches<PendingReport>({
    work: async (all) => {
      const groups = port.groups(all.flatMap((one) => callsOf(one)[0] ?? []))
      await Promise.all(groups.map((places) => deliver(pick(all, places))))
    },
    keyOf: ({ id }) => id,
    gatherMs: GATHER_MS,
    most: MOST,
    depth: DEPTH,
    cap: CAP,
    faults,
  })

  const enter = async (id: string, report: Report, door: Door): Promise<Outcome> => {
    const { fixes = [], ...signs } = report
    if (!isName(id)) return failed(wireError('bad_request', 'id: must be the name of a device'))
    if (fixes.length > MOST_REPORTED) return failed(wireError('bad_request', `fixes: takes at most ${MOST_REPORTED}`))
    if (wait(id) > 0) return failed(wireError('rate_limited'))
    spend(id, 1 + fixes.length / FIXES_A_REPORT)
    const isNews = told.isNews(id, report, door)
    const calls = {
      fixes:
        fixes.length > 0
          ? publishFixes(
              id,
              fixes.map((fix) => numbered(id, fix)),
            )
          : null,
      life: isNews ? lifeCall(id, { ...signs, door }) : null,
    }
    const outcome = await new Promise<Outcome>((done) => {
      const fail = (): void => done(failed(wireError('unavailable')))
      if (!batches.add({ id, ...calls, done, fail })) fail()
    })
    if (isNews && !('error' in outcome)) told.tell(id, door)
    return outcome
  }

  return {
    report: async (id, report, door) => {
      const outcome = await enter(id, report, door)
      count(door, fateOf(outcome))
      return outcome
    },
    waiting: batches.waiting,
  }
}

const fateOf = (outcome: Outcome): Reported => {
  if ('error' in outcome) {
    const { code } = outcome.error
    return code === 'unavailable' || code === 'rate_limited' ? code : 'refused'
  }
  if (outcome.refused.length > 0) return 'refused'
  return outcome.accepted === 0 && outcome.repeats > 0 ? 'repeat' : 'taken'
}
