import type { Status } from '../../../wire/status.ts'
import type { Spot } from '../../state/commands/spots.ts'
import type { Device } from '../../state/fleet.ts'
import type { Colouring } from '../../state/prefs.ts'
import type { Selected } from '../../state/selection.ts'

/** What the layer draws, read anew at each drawing. */
export type Scene = {
  devices: () => Iterable<Device>
  device: (id: string) => Device | undefined
  cells: () => readonly string[]
  selected: () => Pick<Selected, 'id' | 'track' | 'doubtful' | 'late' | 'last'> | null
  selectedStatus: () => Status
  hovered: () => string | null
  colouring: () => Colouring
  showCells: () => boolean
  /** Places that commands name: each a line through several, or one by itself. */
  spots?: () => readonly (readonly Spot[])[]
  now: () => number
}
