import type { AddDevicesReply } from '../../wire/devices.ts'
import type { DeviceDescription } from '../../wire/fleet.ts'
import type { TestNode } from './node.ts'
import { fromOwnPage } from './people.ts'

/** Asks the API of an open node, as its own page does. */
export const askPage = async <T>(
  node: TestNode,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; reply: T }> => {
  const more = body && { body: JSON.stringify(body) }
  const response = await fetch(`${node.url}/api${path}`, { method, headers: fromOwnPage, ...more })
  return { status: response.status, reply: (await response.json()) as T }
}

/** Adds devices; resolves with their keys by their ids. */
export const addDevices = async (
  node: TestNode,
  devices: ({ id: string } & DeviceDescription)[],
): Promise<Map<string, string>> => {
  const { status, reply } = await askPage<AddDevicesReply>(node, 'POST', '/devices', { devices })
  if (status !== 200) throw new Error(`devices were not added: ${JSON.stringify(reply)}`)
  return new Map(reply.devices.map(({ id, key }) => [id, key]))
}
