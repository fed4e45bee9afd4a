import type { Bounds } from './cells.ts'
import type { WireError } from './protocol.ts'

/** How a person was let in. `open`: anybody is, and may do everything. */
export const WAYS_IN = ['open', 'invitation', 'openid', 'token', 'share'] as const
export type WayIn = (typeof WAYS_IN)[number]

/**
 * Who asks, as `GET /api/session` tells it. `id`: their handle, as in `@ann`; null for a share, and for one who has not
 * given a name yet on an open floor. `until`: Unix milliseconds; null where it never ends.
 */
export type Me = { id: string | null; name: string; grants: string; via: WayIn; until: number | null }

/** Ways in that this node has. */
export type WaysIn = { open: boolean; invitations: boolean; openid: boolean }

/**
 * `GET /api/session`, and what signing in or renewing answers. `me` null: nobody is signed in. `ticket`: what the event
 * `renew` takes on an open socket, good for a minute. `bearer`: what a share's page asks with, for it gets no cookie;
 * it goes into the header `Authorization: Bearer ...` and into `auth.token` of the socket.
 */
export type SessionReply = { me: Me | null; ways: WaysIn; ticket?: string; bearer?: string; show?: Shown }

/**
 * `POST /api/session`: an invitation's or a share's token (it stands after the `#` of the link), or a name on an open
 * floor. `DELETE /api/session` signs out; `POST /api/session/renew` renews what ends soon.
 */
export type SignInRequest = { token: string } | { name: string }
/** `DELETE /api/session`. `next`: where the browser goes to sign out of the identity provider, too. */
export type SignedOutReply = { next: string | null }

/** The handle of a person: what `@` names, what topics of theirs end in. */
export const HANDLE = /^[a-z\d][a-z\d._-]{0,31}$/
export const isHandle = (text: string): boolean => HANDLE.test(text)
/** The longest name of a person, in letters. */
export const MAX_PERSON_NAME = 60

/** A person that the floor knows: `GET /api/people`. */
export type PersonEntry = { id: string; name: string }
export type PeopleReply = { people: PersonEntry[] }

/** An invitation, as whoever manages people sees it. `used`: when it last let somebody in. */
export type Invitation = {
  id: string
  person: string
  name: string
  grants: string
  until: number
  by: string
  made: number
  used: number | null
  revoked: boolean
}
export type InvitationsReply = { invitations: Invitation[] }
/** `POST /api/invitations`, and `POST /api/invitations/:id/renew`. `until`: Unix milliseconds. */
export type InvitationRequest = { name: string; grants: string; until: number }
export type RenewInvitationRequest = { until: number }
/** `link` is told once, to whoever made or renewed it: it holds the token. It begins with the floor's address, where that is set. */
export type InvitationReply = { invitation: Invitation; link: string }

/** What the page of a share shows. */
export type Shown =
  | { kind: 'symbol'; symbol: string }
  | { kind: 'device'; device: string }
  | { kind: 'view'; bounds: Bounds; groups: string[] | null }
  | {
      kind: 'layout'
      symbols: string[]
      device: string | null
      view: { bounds: Bounds; groups: string[] | null } | null
    }

/** `POST /api/shares`. `until`: Unix milliseconds. `ends`: an area; the share ends when its device enters it. */
export type ShareRequest = { show: Shown; until: number; ends?: Bounds; name?: string }
export type Share = {
  id: string
  by: string
  show: Shown
  name: string
  made: number
  until: number
  ends: Bounds | null
  opened: number
  revoked: boolean
}
/** `link` is told once, to whoever made it: it holds the token. */
export type ShareReply = { share: Share; link: string }
export type SharesReply = { shares: Share[] }

/** A line of the record: `GET /api/record?before=<n>&limit=1..200`, newest first. */
export type RecordEntry = { n: number; t: number; who: string; what: RecordedAct; about: string }
export const RECORDED = [
  'signed_in',
  'signed_out',
  'refused',
  'invited',
  'renewed',
  'shared',
  'revoked',
  'announced',
  'commanded',
  'devices',
] as const
export type RecordedAct = (typeof RECORDED)[number]
export type RecordReply = { entries: RecordEntry[]; next: number | null }

/** `POST /api/revoke`: ends an invitation, a share, or all that lets a person in. */
export type RevokeRequest = { invitation: string } | { share: string } | { person: string }

/** The event `renew`: a ticket, or a program's new bearer token, of the same person. */
export type RenewRequest = { token: string }
export type RenewReply = { until: number | null } | { error: WireError }
