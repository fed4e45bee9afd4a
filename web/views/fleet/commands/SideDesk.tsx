import { useCommanding } from './commanding-context.ts'
import { ManyPanel } from './ManyPanel.tsx'
import { OrderPanel } from './OrderPanel.tsx'

/** Beside the map: what is being asked of several devices, else the order that is looked at. */
export const SideDesk = () => {
  const { many, order } = useCommanding()
  const shown = order.value
  if (many.value !== null) return <ManyPanel many={many.value} />
  return shown === null ? null : <OrderPanel key={shown.id} shown={shown} />
}
