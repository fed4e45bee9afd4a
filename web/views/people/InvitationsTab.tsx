import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { parseGrants } from '../../../wire/grants.ts'
import type { Invitation, InvitationReply } from '../../../wire/people.ts'
import { errorOf } from '../../state/calls.ts'
import { grantsInWords } from '../../state/grants-in-words.ts'
import { createInvitations } from '../../state/invitations.ts'
import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ConfirmButton } from './ConfirmButton.tsx'
import { Invite } from './Invite.tsx'
import { LinkOnce } from './LinkOnce.tsx'
import { ListState } from './ListState.tsx'

const standing = ({ revoked, until }: Invitation, now: number): string =>
  revoked ? 'Revoked' : `${until <= now ? 'Ended' : 'Until'} ${formatWhen(until, now)}`

type RowProps = { invitation: Invitation; onRenew: () => void; onRevoke: () => void }

const Row = ({ invitation, onRenew, onRevoke }: RowProps) => {
  const { now } = useFloor()
  const { id, person, name, grants, by, used, revoked } = invitation
  const time = now()
  const words = grantsInWords(parseGrants(grants) ?? [])
  return (
    <li class={revoked || invitation.until <= time ? 'over' : ''} data-invitation={id}>
      <div class="what">
        <b>{name}</b> <span class="soft">@{person}</span>
        <p>{words.join(' · ') || grants}</p>
        <p class="soft">
          {standing(invitation, time)} · {used === null ? 'not used yet' : `last used ${formatWhen(used, time)}`} ·
          invited by {by}
        </p>
      </div>
      {!revoked && (
        <div class="sheet-actions">
          <button
            type="button"
            class="button"
            aria-label={`Renew the invitation of ${name}`}
            title="For as long again, from now on"
            onClick={onRenew}
          >
            Renew
          </button>
          <ConfirmButton
            label="Revoke"
            sure="Revoke for good"
            title={`Revoke the invitation of ${name}`}
            onConfirm={onRevoke}
          />
        </div>
      )}
    </li>
  )
}

/** Who was invited, and the way to invite somebody. */
export const InvitationsTab = () => {
  const { people, now } = useFloor()
  const invitations = useMemo(() => createInvitations(people.calls), [people])
  const inviting = useSignal(false)
  const made = useSignal<InvitationReply | null>(null)
  const trouble = useSignal<string | null>(null)
  const list = invitations.list.value
  useEffect(() => void invitations.load(), [invitations])

  const renew = async ({ id, until, made: since }: Invitation): Promise<void> => {
    const reply = await invitations.renew(id, now() + (until - since))
    trouble.value = errorOf(reply)?.message ?? null
    made.value = 'error' in reply ? null : reply
  }
  const revoke = async ({ id }: Invitation): Promise<void> => {
    trouble.value = (await invitations.revoke(id))?.message ?? null
  }
  if (inviting.value)
    return (
      <Invite
        invitations={invitations}
        onDone={(reply) => {
          made.value = reply
          inviting.value = false
        }}
        onCancel={() => {
          inviting.value = false
        }}
      />
    )
  return (
    <>
      {made.value && (
        <LinkOnce
          link={made.value.link}
          about={`This link signs in as ${made.value.invitation.name}. It is shown this once: send it to nobody else.`}
        />
      )}
      <div class="sheet-actions">
        <button
          type="button"
          class="button primary"
          onClick={() => {
            inviting.value = true
          }}
        >
          Invite somebody
        </button>
      </div>
      {trouble.value !== null && (
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
      )}
      <ListState list={list} onRetry={invitations.load} empty={<p>Nobody has been invited yet.</p>} />
      <ul class="list" aria-label="Invitations">
        {list.rows.map((invitation) => (
          <Row
            key={invitation.id}
            invitation={invitation}
            onRenew={() => void renew(invitation)}
            onRevoke={() => void revoke(invitation)}
          />
        ))}
      </ul>
    </>
  )
}
