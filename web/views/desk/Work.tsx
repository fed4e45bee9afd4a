import type { ComponentChildren } from 'preact'
import { useFloor } from '../shared/floor-context.ts'
import { useCited } from './Cites.tsx'
import { Desk } from './Desk.tsx'
import { useDesk } from './desk-context.ts'
import { FollowBar } from './FollowBar.tsx'
import { useDeskKeys } from './use-desk-keys.ts'

/** Keys that only lead somewhere, or open the desk: they move nothing of the workspace. */
const STILL = new Set(['Tab', 'Shift', 'Control', 'Alt', 'Meta', 'd', 'c'])

/** The workspace with the desk beside it; on a phone one of the two. Whoever touches the workspace follows nobody. */
export const Work = ({ children }: { children: ComponentChildren }) => {
  const desk = useDesk()
  const { narrow, touch } = useFloor()
  const cited = useCited()
  useDeskKeys(desk, cited)
  const open = desk.look.open.value && desk.rights.any()
  return (
    <div class="work" data-desk={open ? '' : undefined}>
      {!(open && narrow.value) && (
        <div class="pitch">
          <FollowBar />
          <div
            class="touched"
            onPointerDownCapture={touch}
            onWheelCapture={touch}
            onKeyDownCapture={({ key }) => {
              if (!STILL.has(key)) touch()
            }}
          >
            {children}
          </div>
        </div>
      )}
      {open && <Desk />}
    </div>
  )
}
