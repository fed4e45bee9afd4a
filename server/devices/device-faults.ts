import type { DescribedDevice } from '../../feed/device-descriptions.ts'
import { checkDevice } from '../../wire/descriptions.ts'
import type { DeviceDescription } from '../../wire/fleet.ts'
import { MOST_GROUPS } from '../../wire/groups.ts'
import { isName } from '../../wire/topics.ts'

/** The longest attributes of a device as JSON, in bytes; the function library refuses longer ones. */
export const MOST_ATTRIBUTE_BYTES = 2000

const LABEL = 'is at most 100 letters'
const WRONG: Record<string, string> = {
  name: LABEL,
  category: LABEL,
  group: 'has 1 to 32 small letters, digits, - and _, and begins with a letter or a digit',
  attributes: 'are texts, numbers, true and false by their names',
}

/** What is wrong with a device that somebody describes, in words; null where nothing is. `groups`: those that there are. */
export const faultOf = ({ id, ...description }: DescribedDevice, groups: readonly string[]): string | null => {
  if (!isName(id)) return 'id: has 1 to 64 bytes, and none of { } " \\ or a control character'
  const [field] = checkDevice(description).wrong
  if (field !== undefined) return `${field}: ${WRONG[field] ?? 'is wrong'}`
  const { group, attributes } = description
  if (attributes && Buffer.byteLength(JSON.stringify(attributes)) > MOST_ATTRIBUTE_BYTES)
    return `attributes: together at most ${MOST_ATTRIBUTE_BYTES} bytes`
  const isOneMore = group !== undefined && !groups.includes(group)
  return isOneMore && groups.length >= MOST_GROUPS ? `group: there are ${MOST_GROUPS} already` : null
}

/** Whether anything is said of a device but its id. */
export const saysMore = (description: DeviceDescription): boolean =>
  Object.values(description).some((value) => value !== undefined)
