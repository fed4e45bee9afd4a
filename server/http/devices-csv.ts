import type { Response, Router } from 'express'
import type { DescribedDevice } from '../../feed/device-descriptions.ts'
import { deviceTopic } from '../../wire/topics.ts'
import { deviceLine, headLine, MOST_ATTRIBUTE_COLUMNS } from '../devices/csv.ts'
import { importDevices } from '../devices/importing.ts'
import { scopeOf } from '../people/scope.ts'
import { byPieces, type Work } from '../pieces.ts'
import { MOST_LIST_BYTES, readText, sortOf } from './body.ts'
import { type DevicesApiPorts, managerOf, recordDevices } from './devices-common.ts'
import { workOf } from './handler.ts'
import { send } from './people-common.ts'
import type { Room } from './room.ts'

const CSV_SORT = sortOf('text/csv', MOST_LIST_BYTES)
/** Devices that are read together, and lines that are written in one piece of work. */
const AT_ONCE = 200

/** The list of devices as a table, for whoever manages devices. */
export const addDevicesCsv = (router: Router, ports: DevicesApiPorts, room: Room): void => {
  router.get('/devices.csv', async (_request, response) => {
    const { grants } = managerOf(ports, response)
    const { sees } = scopeOf(grants)
    const { ids } = await ports.register()
    const work = workOf(response)
    const seen = ids.filter((id) => sees === null || sees(deviceTopic(id)))
    await sendCsv(response, await tableOf(await readAll(seen, ports), work), work)
  })
  router.post('/devices.csv', async (request, response) => {
    managerOf(ports, response)
    const work = workOf(response)
    const bytes = Number(request.headers['content-length'] ?? 0)
    const { person, reply } = await room(bytes, async () => {
      const text = await readText(request, CSV_SORT, (all) => all)
      return { person: managerOf(ports, response), reply: await importDevices(text, ports, work) }
    })
    const { added, changed } = reply
    if (added + changed > 0) await recordDevices(ports, person, `imported: ${added} added, ${changed} changed`)
    await send(response, reply)
  })
}

const readAll = async (ids: readonly string[], { descriptions }: DevicesApiPorts): Promise<DescribedDevice[]> => {
  const all: DescribedDevice[] = []
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE)
    const found = await descriptions(some)
    all.push(...some.flatMap((id, n) => (found[n] ? [{ id, ...found[n] }] : [])))
  }
  return all
}

/** A table has columns for the attributes that most devices have. */
const tableOf = async (devices: readonly DescribedDevice[], work: Work): Promise<string[]> => {
  const counts = new Map<string, number>()
  await byPieces(devices, AT_ONCE, work, ({ attributes = {} }) => {
    for (const name of Object.keys(attributes)) counts.set(name, (counts.get(name) ?? 0) + 1)
    return null
  })
  counts.delete('')
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_ATTRIBUTE_COLUMNS)
  const columns = most.map(([name]) => name).sort()
  const lines = await byPieces(devices, AT_ONCE, work, (device) => deviceLine(device, columns))
  return [headLine(columns), ...lines]
}

const sendCsv = async (response: Response, lines: readonly string[], work: Work): Promise<void> => {
  response
    .set({ 'Cache-Control': 'no-store', 'Content-Disposition': 'attachment; filename="devices.csv"' })
    .type('text/csv; charset=utf-8')
  for (let i = 0; i < lines.length; i += AT_ONCE) {
    const some = lines.slice(i, i + AT_ONCE)
    await work(() => response.write(`${some.join('\r\n')}\r\n`))
  }
  response.end()
}
