import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'

/** Says in time that this person's sign-in is about to end. */
export const Fading = () => {
  const { people, now } = useFloor()
  const fading = people.fading.value
  if (fading === null) return null
  const openid = people.ways.value.openid
  return (
    <div class="banner" role="alert" data-banner="fading">
      <span>
        Your sign-in ends in a moment ({formatWhen(fading.until, now())}). {fading.why}
      </span>
      {openid && (
        <a class="button" href={signInAddress()}>
          Sign in again
        </a>
      )}
    </div>
  )
}

/** Where one signs in with the identity provider, to come back to this place. */
export const signInAddress = (): string => `/signin/openid?to=${encodeURIComponent(`/${location.hash}`)}`
