import { useSignal } from '@preact/signals'
import { keyIn } from '../../state/key.ts'
import type { People, Why } from '../../state/people.ts'
import { isPassing, particulars } from '../../state/refusal.ts'
import { signInAddress } from './Fading.tsx'
import { Gate } from './Gate.tsx'

type Told = { title: string; text: string; grave: boolean }

const WRONG = 'It is incomplete, or not a link of this floor.'

const told = (why: Why): Told => {
  if (why.kind === 'signed_out') return { title: 'You are signed out', text: 'See you soon.', grave: false }
  if (why.kind === 'expired')
    return { title: 'Your sign-in has ended', text: 'Sign in again to go on where you were.', grave: false }
  if (why.kind === 'revoked')
    return {
      title: 'You were signed out',
      text: 'Whoever manages people here took back what let you in. Ask them for a new invitation.',
      grave: true,
    }
  if (why.kind === 'provider')
    return why.refused === 'away'
      ? {
          title: 'You can’t sign in right now',
          text: 'Your organization’s sign-in cannot be reached. Try again in a moment.',
          grave: true,
        }
      : {
          title: 'You were not signed in',
          text: 'Your organization did not let you in, or it took too long. Try again.',
          grave: true,
        }
  if (why.kind === 'nobody')
    return { title: 'Sign in', text: 'Only people who are let in see this floor.', grave: false }
  if (isPassing(why.error)) return { title: 'You can’t be let in right now', text: why.error.message, grave: true }
  const text = `${particulars(why.error) || WRONG} Ask whoever invited you for a new one.`
  return { title: 'This link does not let you in', text, grave: true }
}

const LinkForm = ({ people }: { people: People }) => {
  const text = useSignal('')
  const busy = useSignal(false)
  const wrong = useSignal(false)
  const open = async (event: Event): Promise<void> => {
    event.preventDefault()
    const key = keyIn(text.value.trim())
    wrong.value = key === null
    if (key?.kind === 'share') location.assign(`/#share=${key.token}`)
    if (key?.kind !== 'invitation' || busy.value) return
    busy.value = true
    await people.signIn(key.token)
    busy.value = false
  }
  return (
    <form class="form" onSubmit={open}>
      <label class="field">
        <span>Invitation link</span>
        <input
          required
          autocomplete="off"
          spellcheck={false}
          placeholder="Paste the link that you were sent"
          value={text}
          onInput={(event) => {
            text.value = event.currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button primary" disabled={busy.value}>
        {busy.value ? 'Signing in…' : 'Sign in'}
      </button>
      {wrong.value && (
        <p class="trouble" role="alert">
          This is no invitation link: it has #in= in it, and much after that.
        </p>
      )}
    </form>
  )
}

/** For whoever is not let in: why, and which ways in there are. */
export const SignIn = ({ people, why, retry }: { people: People; why: Why; retry: (() => void) | null }) => {
  const { invitations, openid } = people.ways.value
  const { title, text, grave } = told(why)
  const me = people.me.value
  return (
    <Gate data-gate={why.kind}>
      <h1>{title}</h1>
      <p class={grave ? 'grave' : 'soft'} role={grave ? 'alert' : undefined}>
        {text}
      </p>
      {retry && why.kind === 'link' && isPassing(why.error) && (
        <button type="button" class="button primary" onClick={retry}>
          Try again
        </button>
      )}
      {me !== null && (
        <button type="button" class="button" onClick={people.goOn}>
          Go on as {me.name}
        </button>
      )}
      {openid && (
        <a class="button primary" href={signInAddress()}>
          Sign in with your organization
        </a>
      )}
      {invitations && <LinkForm people={people} />}
      {!invitations && !openid && (
        <button type="button" class="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      )}
    </Gate>
  )
}
