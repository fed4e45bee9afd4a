import { useDesk } from './desk-context.ts'

/** Whose screen this one follows, and how to stop. */
export const FollowBar = () => {
  const { follow } = useDesk()
  const leader = follow.leader.value
  if (leader === null) return null
  return (
    <div class="follow-bar" role="status" data-following={leader.id}>
      <div class="pill">
        <span>
          Following <b dir="auto">{leader.name}</b>
          {follow.shows() === false && ', who shows nothing just now'}
        </span>
        <button type="button" class="button small" onClick={follow.stop}>
          Stop
        </button>
      </div>
    </div>
  )
}
