import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Floor } from '../../floor.ts'

export const FloorContext = createContext<Floor | null>(null)

/** The floor that the dashboard shows. */
export const useFloor = (): Floor => {
  const floor = useContext(FloorContext)
  if (floor === null) throw new Error('Render the views inside FloorContext.Provider')
  return floor
}
