import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Desk } from '../../state/desk/desk.ts'

export const DeskContext = createContext<Desk | null>(null)

/** The desk: rooms, inbox and colleagues. */
export const useDesk = (): Desk => {
  const desk = useContext(DeskContext)
  if (desk === null) throw new Error('Render the desk inside DeskContext.Provider')
  return desk
}
