import type { Response } from 'express'
import type { DeviceDescription } from '../../wire/fleet.ts'
import type { DevicePorts } from '../devices/ports.ts'
import type { Register } from '../fleet/register.ts'
import type { Person } from '../people/person.ts'
import type { Rights } from '../people/rights.ts'
import type { PeopleStore } from '../people/store.ts'
import { ApiError } from './errors.ts'
import { nameIn } from './people-common.ts'

export type DevicesApiPorts = Pick<DevicePorts, 'keys' | 'describe' | 'history' | 'kinds'> & {
  rights: Pick<Rights, 'mayWatch' | 'mayManage'>
  /** Who asks. */
  personOf: (response: Response) => Person
  record: PeopleStore['record']
  register: () => Promise<Register>
  /** What is known of these devices; null for one that there is not. */
  descriptions: (ids: readonly string[]) => Promise<(DeviceDescription | null)[]>
  /** The groups of devices that there are. */
  groups: () => readonly string[]
}

/** Who asks, if they may manage devices; throws where not. */
export const managerOf = ({ personOf, rights }: DevicesApiPorts, response: Response): Person => {
  const person = personOf(response)
  if (!rights.mayManage(person, 'devices')) throw new ApiError('not_allowed')
  return person
}

/** Devices that the record names; of more it says how many. */
const MOST_NAMED = 3

/** What the record says of devices: the first by their names. */
export const named = (ids: readonly string[]): string => {
  const more = ids.length - MOST_NAMED
  return [...ids.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** Writes into the record who changed what of devices. What was changed stays so where that cannot be. */
export const recordDevices = ({ record }: DevicesApiPorts, person: Person, about: string): Promise<void> =>
  record({ who: nameIn(person), what: 'devices', about })
