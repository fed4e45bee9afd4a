import type { Commanding } from '../../../state/commands/commanding.ts'
import { useFloor } from '../../shared/floor-context.ts'

/** What people ask of devices. A share's page has none of it, and shows nothing that needs it. */
export const useCommanding = (): Commanding => {
  const { commands } = useFloor()
  if (commands === null) throw new Error('Commands are on the floor’s page only')
  return commands
}
