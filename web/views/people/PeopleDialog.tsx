import { useFloor } from '../shared/floor-context.ts'
import { Dialog } from './Dialog.tsx'
import { EveryoneTab } from './EveryoneTab.tsx'
import { InvitationsTab } from './InvitationsTab.tsx'
import { RecordTab } from './RecordTab.tsx'
import { SharesTab } from './SharesTab.tsx'
import { type Tab, Tabs } from './Tabs.tsx'

/** What this person may look after: invitations, shares and the record. None: nothing of it. */
export const useOffices = (): readonly Tab[] => {
  const { manages, mayAny, ways } = useFloor().people
  const cuts = manages('people') && !ways.value.open
  const shares = manages('shares') || ['s:', 'd:', 'c:'].some((start) => mayAny('share', start))
  return [
    ...(cuts && ways.value.invitations ? [{ name: 'Invitations', Page: InvitationsTab }] : []),
    ...(cuts ? [{ name: 'Everyone', Page: EveryoneTab }] : []),
    ...(shares ? [{ name: 'Shares', Page: SharesTab }] : []),
    ...(manages('record') ? [{ name: 'Record', Page: RecordTab }] : []),
  ]
}

/** Who is let in, what was shared with others, and who did what. */
export const PeopleDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="People" class="wide" onClose={onClose}>
    <Tabs label="People" tabs={useOffices()} />
  </Dialog>
)
