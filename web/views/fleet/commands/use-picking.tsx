import { useRef } from 'preact/hooks'
import type { Picking } from '../list/DeviceRows.tsx'
import { PickAll, PickBox } from './PickBox.tsx'
import { useMayAsk } from './use-offered.ts'

/** The column of boxes in the list of devices; null for whoever may ask nothing of any. */
export const usePicking = (): Picking | null => {
  const may = useMayAsk({ group: '' })
  const listed = useRef<readonly string[]>([])
  if (!may('command')) return null
  return {
    head: (ids) => {
      listed.current = ids
      return <PickAll listed={ids} />
    },
    cell: (id) => <PickBox id={id} listed={listed} />,
  }
}
