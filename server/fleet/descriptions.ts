import type { DeviceDescription } from '../../wire/fleet.ts'
import { OTHER } from '../../wire/groups.ts'
import { deviceTopic } from '../../wire/topics.ts'
import { checkDeviceFields, DEVICE_FIELDS } from '../kinds/description.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'

/** What is known of each of these devices; null for one that there is not. Rejects where Redis cannot be asked. */
export const readDescriptions = async (
  redis: Commands,
  ids: readonly string[],
): Promise<(DeviceDescription | null)[]> => {
  const states = await readFields(redis, ids.map(deviceTopic), ['epoch', ...DEVICE_FIELDS])
  return states.map((values) => {
    const [epoch, ...described] = values ?? []
    return epoch ? checkDeviceFields(described).sound : null
  })
}

const plain = ({ name = '', group = OTHER, category = '', attributes = {} }: DeviceDescription): string =>
  JSON.stringify([name, group, category, Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))])

/** Whether two descriptions say the same. */
export const isSame = (a: DeviceDescription, b: DeviceDescription): boolean => plain(a) === plain(b)
