import type { DeviceRow } from '../../archive/archive.ts'
import { OTHER } from '../../wire/groups.ts'
import { deviceTopic, isName, SYMBOLS_KEY, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { Register } from '../fleet/register.ts'
import { parseRoom } from '../rooms/asker.ts'
import { ROOMS_KEY } from '../rooms/calls.ts'
import type { Ask } from './ask.ts'

/** All topics that are archived, as far as they are listed: symbols, devices and rooms. */
export const listTopics = async (ask: Ask, register: Register): Promise<Topic[]> => {
  const [symbols, rooms] = await Promise.all([ask(SYMBOLS_KEY, 'hkeys'), ask(ROOMS_KEY, 'zrange', 0, -1)])
  return [
    ...(symbols as string[]).filter(isName).map(symbolTopic),
    ...register.ids.map(deviceTopic),
    ...(rooms as string[]).flatMap((id) => parseRoom(`m:${id}`) ?? []),
  ]
}

/** What is told of a device, as one text. */
export const deviceText = ({ name, group }: DeviceRow): string => `${group} ${name}`

/** Devices whose name or group is another one than `told`; it is up to date then. */
export const newDevices = ({ entries }: Register, told: Map<string, string>): DeviceRow[] => {
  const rows: DeviceRow[] = []
  for (const [id, { name, group }] of entries) {
    const row = { id, name: name || id, group: group || OTHER }
    const text = deviceText(row)
    if (told.get(id) === text) continue
    told.set(id, text)
    rows.push(row)
  }
  return rows
}
