import type { DeviceRow } from '../../wire/api.ts'
import type { DeviceDescription, DeviceSnapshot, DeviceUpdate, Life } from '../../wire/fleet.ts'

/**
 * What guests see of a device: where it is and what it measures, what it is called, and when it was heard. Not what the
 * desk asks of it, nor its attributes, which name its driver.
 */

const lifeForGuests = ({ heard, every, parked }: Life): Life => ({
  heard,
  ...(every !== undefined && { every }),
  ...(parked && { parked }),
})

const describedForGuests = ({ name, group, category }: DeviceDescription): DeviceDescription => ({
  ...(name !== undefined && { name }),
  ...(group !== undefined && { group }),
  ...(category !== undefined && { category }),
})

/** There is none where nothing is left of it. */
const toldForGuests = (description: DeviceDescription): { description?: DeviceDescription } => {
  const described = describedForGuests(description)
  return Object.keys(described).length > 0 ? { description: described } : {}
}

export const updateForGuests = ({ fixes, life }: DeviceUpdate): DeviceUpdate => ({
  ...(fixes && { fixes }),
  ...(life && { life: lifeForGuests(life) }),
})

export const stateForGuests = ({ last, cell, description, life }: DeviceSnapshot): DeviceSnapshot => ({
  last,
  cell,
  ...(description && toldForGuests(description)),
  ...(life && { life: lifeForGuests(life) }),
})

/** The same of a row of the list of devices. */
export const rowForGuests = ({ id, last, cell, heard, life, ...description }: DeviceRow): DeviceRow => ({
  id,
  ...describedForGuests(description),
  last,
  cell,
  heard,
  ...(life && { life: lifeForGuests(life) }),
})
