import { type ReadonlySignal, signal } from '@preact/signals'
import type { Me, SessionReply, SignedOutReply, WaysIn } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import type { Calls, Failed } from './calls.ts'
import { type Host, renewBy } from './host.ts'
import { rightsOf } from './rights.ts'

/**
 * Why somebody stands outside. `link`: the link that they opened did not let them in. `provider`: the identity provider
 * said no, or could not be reached.
 */
export type Why =
  | { kind: 'nobody' }
  | { kind: 'link'; error: WireError }
  | { kind: 'provider'; refused: 'denied' | 'away' }
  | { kind: 'signed_out' }
  | { kind: 'revoked' }
  | { kind: 'expired' }

/** Where somebody stands: the node has not said yet, on the floor, or outside. */
export type Door = { at: 'asking' } | { at: 'in' } | { at: 'out'; why: Why }

const NO_WAYS: WaysIn = { open: false, invitations: false, openid: false }

/** Who this browser's person is, what they may do, and how they come in and go. */
export const createPeople = (calls: Calls) => {
  const me = signal<Me | null>(null)
  const ways = signal<WaysIn>(NO_WAYS)
  const door = signal<Door>({ at: 'asking' })
  /** When the sign-in ends, and why it is not renewed; null where it goes on. */
  const fading = signal<{ until: number; why: string } | null>(null)
  let known = false
  /** This page is signing out: it may hear by its socket that the sign-in has ended before the reply comes. */
  let signingOut = false

  const leave = (why: Why): void => {
    // Whoever is out already has been told why. The floor ends first: it must not join anew as nobody.
    if (door.peek().at !== 'out') door.value = { at: 'out', why }
    me.value = null
    fading.value = null
  }
  const take = (reply: SessionReply): boolean => {
    known = true
    ways.value = reply.ways
    me.value = reply.me
    fading.value = null
    return reply.me !== null || reply.ways.open
  }
  const enter = (): void => {
    if (door.peek().at !== 'in') door.value = { at: 'in' }
  }
  /** Asks the node who this is. `refused`: why the identity provider let nobody in just now. */
  const check = async (refused: 'denied' | 'away' | null = null): Promise<void> => {
    const reply = await calls.get<SessionReply>('/api/session')
    const asking = door.peek().at === 'asking'
    // A node that cannot be reached lets nobody down: the floor itself tells of it, and this is asked again.
    if ('error' in reply) return asking ? enter() : undefined
    const first: Why = refused === null ? { kind: 'nobody' } : { kind: 'provider', refused }
    if (!take(reply)) leave(asking ? first : { kind: 'expired' })
    else if (asking) enter()
  }
  const send = async (request: { token: string } | { name: string }): Promise<WireError | null> => {
    const reply = await calls.post<SessionReply>('/api/session', request)
    if ('error' in reply) return reply.error
    take(reply)
    enter()
    return null
  }

  return {
    /** What its parts ask the node with. */
    calls,
    me: me as ReadonlySignal<Me | null>,
    ways: ways as ReadonlySignal<WaysIn>,
    door: door as ReadonlySignal<Door>,
    fading: fading as ReadonlySignal<{ until: number; why: string } | null>,
    ...rightsOf(me, ways),
    check,
    met: (): void => {
      if (!known) void check()
    },
    /** Goes in with an invitation's token. Where it lets nobody in, whoever was signed in before may go on. */
    signIn: async (token: string): Promise<WireError | null> => {
      const error = await send({ token })
      if (error === null) return null
      const reply = await calls.get<SessionReply>('/api/session')
      if (!('error' in reply)) take(reply)
      door.value = { at: 'out', why: { kind: 'link', error } }
      return error
    },
    /** Goes on as whoever is signed in. */
    goOn: enter,
    /** On an open floor. */
    giveName: (name: string): Promise<WireError | null> => send({ name }),
    /** Returns where the browser has to go to sign out of the identity provider as well. */
    signOut: async (): Promise<SignedOutReply | Failed> => {
      signingOut = true
      const reply = await calls.delete<SignedOutReply>('/api/session')
      signingOut = false
      if ('error' in reply) return reply
      if (ways.peek().open) await check()
      else leave({ kind: 'signed_out' })
      return reply
    },
    renew: () => renewBy(calls, take),
    fade: (until: number, why: string): void => {
      fading.value = { until, why }
    },
    end: (reason: 'revoked' | 'expired'): void => leave({ kind: signingOut ? 'signed_out' : reason }),
  } satisfies Host & Record<string, unknown>
}
export type People = ReturnType<typeof createPeople>
