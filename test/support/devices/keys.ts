import type { AddDevicesReply, AddDevicesRequest } from '../../../wire/devices.ts'
import { eventually } from '../eventually.ts'
import type { Member } from './crowd.ts'

const AT_ONCE = 250

/** Adds devices to the floor, as somebody who manages them does. Resolves with their keys, in the order of ids. */
export const addDevices = async (url: string, cookie: string, ids: readonly string[]): Promise<Member[]> => {
  const headers = { 'Content-Type': 'application/json', Origin: url, Cookie: cookie }
  const members: Member[] = []
  const add = async (devices: AddDevicesRequest['devices']): Promise<AddDevicesReply> => {
    const response = await fetch(`${url}/api/devices`, { method: 'POST', headers, body: JSON.stringify({ devices }) })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as AddDevicesReply
  }
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE).map((id) => ({ id, name: `Device ${id}`, group: 'crowd' }))
    const { devices } = await eventually('devices are added', () => add(some), { everyMs: 500 })
    for (const { id, key } of devices) members.push({ id, key, place: members.length })
  }
  return members
}
