import { type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import type { CommandKindsReply } from '../../wire/commands.ts'
import type { AddDevicesReply, DeviceDoneReply, KeyReply } from '../../wire/devices.ts'
import type { DeviceDescription } from '../../wire/fleet.ts'
import { deviceTopic, isName, parseTopic, type Topic } from '../../wire/topics.ts'
import { faultOf, saysMore } from '../devices/device-faults.ts'
import { isGuest, type Person } from '../people/person.ts'
import { type Incoming, MOST_LIST_BYTES, readBody, type Sort, sortOf } from './body.ts'
import { type DevicesApiPorts, managerOf, named, recordDevices } from './devices-common.ts'
import { addDevicesCsv } from './devices-csv.ts'
import { addDevicesRequest, describeRequest } from './devices-shapes.ts'
import { ApiError } from './errors.ts'
import { send } from './people-common.ts'
import { commandsQuery, orderDevicesQuery, readQuery } from './query.ts'
import { createRoom } from './room.ts'

export type { DevicesApiPorts } from './devices-common.ts'

type OfDevice = Request<{ id: string }>

const LIST_SORT = sortOf('application/json', MOST_LIST_BYTES)
/** Lists of devices that are read at the same time, in bytes together. */
const MOST_AT_ONCE_BYTES = 8 * 1024 * 1024

/** Devices and their keys, for whoever manages devices; and what was asked of them. Shapes: wire/devices.ts. */
export const devicesRouter = (ports: DevicesApiPorts): Router => {
  const { keys, describe } = ports
  const router = Router({ strict: true, caseSensitive: true })
  const room = createRoom(MOST_AT_ONCE_BYTES)
  /** What a manager sends. They are asked for again once all of it is there: it takes seconds where they like. */
  const posted = <T extends z.ZodType>(request: Incoming, response: Response, shape: T, sort?: Sort) =>
    room(Number(request.headers['content-length'] ?? 0), async () => {
      managerOf(ports, response)
      const wanted = await readBody(request, shape, sort)
      return { person: managerOf(ports, response), wanted }
    })
  router.post('/devices', async (request, response) => {
    const { person, wanted } = await posted(request, response, addDevicesRequest, LIST_SORT)
    await send(response, await add(ports, person, wanted.devices))
  })
  addDevicesCsv(router, ports, room)
  router.put('/devices/:id', async (request: OfDevice, response: Response) => {
    const { person, wanted } = await posted(request, response, describeRequest)
    const id = await existing(ports, request.params.id)
    check({ id, ...wanted }, ports)
    await describe([{ id, ...wanted }])
    await recordDevices(ports, person, `described ${id}`)
    await send(response, { done: true } satisfies DeviceDoneReply)
  })
  router.post('/devices/:id/key', async (request: OfDevice, response: Response) => {
    const person = managerOf(ports, response)
    const id = await existing(ports, request.params.id)
    const [made] = await keys.make([id])
    await recordDevices(ports, person, `new key of ${id}`)
    await send(response, { id, key: made?.key ?? '' } satisfies KeyReply)
  })
  router.delete('/devices/:id/key', async (request: OfDevice, response: Response) => {
    const person = managerOf(ports, response)
    const id = await existing(ports, request.params.id)
    await keys.takeBack(id)
    await recordDevices(ports, person, `took back the key of ${id}`)
    await send(response, { done: true } satisfies DeviceDoneReply)
  })
  addHistory(router, ports)
  return router
}

const checked = (id: string): string => {
  if (!isName(id)) throw new ApiError('bad_topic')
  return id
}

/** The id of a device that there is; throws where there is none. */
const existing = async ({ descriptions }: DevicesApiPorts, id: string): Promise<string> => {
  const [known] = await descriptions([checked(id)])
  if (!known) throw new ApiError('unknown_device')
  return id
}

type Described = { id: string } & DeviceDescription

const check = (device: Described, { groups }: DevicesApiPorts): void => {
  const fault = faultOf(device, groups())
  if (fault !== null) throw new ApiError('bad_request', { more: `${device.id}: ${fault}` })
}

/** Adds devices. Of those that there are it makes new keys, and changes what is known only where that is said. */
const add = async (ports: DevicesApiPorts, person: Person, devices: readonly Described[]): Promise<AddDevicesReply> => {
  const ids = devices.map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) < i)
  if (twice !== undefined) throw new ApiError('bad_request', { more: `${twice}: is there twice` })
  for (const device of devices) check(device, ports)
  const made = await ports.keys.make(ids)
  const isNew = new Set(made.filter((each) => each.isNew).map(({ id }) => id))
  await ports.describe(devices.filter(({ id, ...description }) => isNew.has(id) || saysMore(description)))
  await recordDevices(ports, person, `added ${named(ids)}`)
  return { devices: made.map(({ id, key }) => ({ id, key, added: isNew.has(id) })) }
}

/** What was asked of a device, what may be asked, and what became of an order. What was asked is not for guests. */
const addHistory = (router: Router, { history, kinds, rights, personOf }: DevicesApiPorts): void => {
  const allow = (response: Response, topic: Topic): void => {
    const person = personOf(response)
    if (isGuest(person) || !rights.mayWatch(person, topic)) throw new ApiError('not_allowed')
  }
  router.get('/devices/:id/commands', async (request: OfDevice, response: Response) => {
    const id = checked(request.params.id)
    allow(response, deviceTopic(id))
    await send(response, await history.commands(id, readQuery(commandsQuery, request)))
  })
  router.get('/command-kinds', async (_request, response) => {
    await send(response, { kinds: [...kinds] } satisfies CommandKindsReply)
  })
  router.get('/orders/:id/devices', async (request: OfDevice, response: Response) => {
    const { id } = request.params
    const topic = parseTopic(`o:${id}`)
    if (topic === null) throw new ApiError('bad_topic')
    allow(response, topic)
    await send(response, await history.orderDevices(id, readQuery(orderDevicesQuery, request)))
  })
}
