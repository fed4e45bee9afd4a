import { useCommanding } from './commanding-context.ts'
import { useMayAsk } from './use-offered.ts'

/** Asks something of all devices of a group. It stands beside the group's switch. */
export const GroupCommand = ({ group, onAsk }: { group: string; onAsk: () => void }) => {
  const { askMany } = useCommanding()
  const may = useMayAsk({ group })
  if (!may('command')) return null
  return (
    <button
      type="button"
      class="link"
      aria-label={`Command to the group ${group}`}
      onClick={() => {
        askMany({ to: { group } })
        onAsk()
      }}
    >
      Command…
    </button>
  )
}
