import type { RenewReply } from '../../wire/people.ts'
import type { ErrorCode, Notice } from '../../wire/protocol.ts'
import type { Host } from '../state/host.ts'
import type { Watches } from '../state/watches.ts'

export type StandingOptions = {
  host: Host
  watches: Pick<Watches, 'withdraw'>
  /** Tells the node on the open connection what lets this page in from now on. */
  renew: (ticket: string) => Promise<RenewReply>
  /** Unix milliseconds of this browser. */
  now: () => number
  wait: (ms: number) => Promise<unknown>
}

/** How long after a renewal that failed it is tried again, in milliseconds. */
const AGAIN = 3_000
/** A renewal that adds less than this, in milliseconds, is none. */
const LEAST = 2_000

/** What the node will say another time, too. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['not_signed_in', 'not_allowed', 'not_found', 'bad_request'])
const FIXED = 'It can’t be prolonged from here.'

/**
 * Heeds what the node says of who this page is: what lets it in ends soon, and is renewed while all watches stay; it
 * has ended; or it may watch less than before.
 */
export const createStanding = ({ host, watches, renew, now, wait }: StandingOptions) => {
  let renewing = false

  /** Renews once. Returns why it will not work, or null where it did; undefined: perhaps it will the next time. */
  const once = async (ends: number): Promise<string | null | undefined> => {
    const renewed = await host.renew()
    if ('error' in renewed) return FINAL.has(renewed.error.code) ? renewed.error.message : undefined
    const reply = await renew(renewed.ticket).catch(() => null)
    if (reply === null || 'error' in reply) return undefined
    return reply.until !== null && reply.until < ends + LEAST ? FIXED : null
  }

  const keepOn = async (withinMs: number): Promise<void> => {
    const ends = now() + withinMs
    let outcome: string | null | undefined
    for (;;) {
      outcome = await once(ends)
      if (outcome !== undefined || now() + AGAIN >= ends) break
      await wait(AGAIN)
    }
    if (outcome !== null) host.fade(ends, outcome ?? 'The node could not be reached to prolong it.')
  }

  return (notice: Notice): void => {
    if (notice.kind === 'signed_out') host.end(notice.reason)
    else if (notice.kind === 'withdrawn') watches.withdraw(notice.topics)
    else if (notice.kind === 'renew' && !renewing) {
      renewing = true
      void keepOn(notice.withinMs).finally(() => {
        renewing = false
      })
    }
  }
}
