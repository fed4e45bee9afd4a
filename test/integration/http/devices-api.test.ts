import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DevicesReply } from '../../../wire/api.ts'
import { cellOf } from '../../../wire/cells.ts'
import { COMMAND_KINDS } from '../../../wire/command-kinds.ts'
import type { CommandKindsReply, CommandsReply, OrderDevicesReply } from '../../../wire/commands.ts'
import type { ImportReply, KeyReply } from '../../../wire/devices.ts'
import type { RecordReply } from '../../../wire/people.ts'
import { connectClient } from '../../support/client.ts'
import { addDevices, askPage } from '../../support/device-floor.ts'
import { eventually } from '../../support/eventually.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { fromOwnPage, somebody, testTokens } from '../../support/people.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1' } })
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

/** Each search is another question, so that no kept answer comes. */
const rows = async (q: string): Promise<DevicesReply['devices']> =>
  (await askPage<DevicesReply>(node, 'GET', `/devices?q=${q}&limit=${100 + Math.floor(Math.random() * 400)}`)).reply
    .devices
const report = (id: string, key: string, body: object) =>
  fetch(`${node.url}/in/device`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, ...body }),
  })
const importCsv = async (text: string): Promise<ImportReply> => {
  const headers = { ...fromOwnPage, 'Content-Type': 'text/csv' }
  const response = await fetch(`${node.url}/api/devices.csv`, { method: 'POST', headers, body: text })
  return (await response.json()) as ImportReply
}

it('adds devices that are listed at once, report by their keys, and move with their group', async () => {
  const keys = await addDevices(node, [
    { id: 'A-1', name: 'First', group: 'vans', attributes: { plate: 'W 1' } },
    { id: 'A-2' },
  ])
  expect(await rows('A-')).toEqual([
    {
      ...{ id: 'A-1', name: 'First', group: 'vans', attributes: { plate: 'W 1' }, keyed: true },
      ...{ last: null, cell: null, heard: null },
    },
    { id: 'A-2', group: 'other', keyed: true, last: null, cell: null, heard: null },
  ])
  const life = { every: 10, takes: ['message'], attributes: { driver: 'Ann' } }
  const fixes = [{ t: Date.now() - 1000, lat: 48.2, lon: 16.4 }]
  expect((await report('A-1', keys.get('A-1') ?? '', { ...life, fixes })).status).toBe(200)
  const [row] = await rows('A-1')
  expect(row).toMatchObject({ cell: cellOf(48.2, 16.4, 'vans'), life: { ...life, door: 'http' }, last: { lat: 48.2 } })
  const { status } = await askPage(node, 'PUT', '/devices/A-1', { name: 'Renamed', group: 'trucks' })
  expect(status).toBe(200)
  expect((await rows('A-1'))[0]).toMatchObject({ name: 'Renamed', cell: cellOf(48.2, 16.4, 'trucks') })
})

it('makes keys anew, which ends the old ones, and takes them back', async () => {
  const old = (await addDevices(node, [{ id: 'B' }])).get('B') ?? ''
  const { reply } = await askPage<KeyReply>(node, 'POST', '/devices/B/key')
  expect((await report('B', old, {})).status).toBe(401)
  expect((await report('B', reply.key, {})).status).toBe(200)
  await askPage(node, 'DELETE', '/devices/B/key')
  expect((await report('B', reply.key, {})).status).toBe(401)
  expect((await rows('B'))[0]).not.toHaveProperty('keyed')
  expect((await askPage(node, 'POST', '/devices/nobody/key')).status).toBe(404)
  expect((await addDevices(node, [{ id: 'B' }])).get('B')).not.toBe(reply.key)
})

it('gives the list as a table that changes nothing when it comes back, and takes another', async () => {
  await addDevices(node, [{ id: 'C-1', name: '=1+1', attributes: { plate: '007', seats: 40, note: 'a, "b"\nc' } }])
  const table = await (await fetch(`${node.url}/api/devices.csv`)).text()
  expect(table).toContain('C-1,\'=1+1,other,,"a, ""b""\nc",\'007,40')
  expect(await importCsv(table)).toEqual({ added: 0, changed: 0, wrong: [] })
  const wanted = `id;name;group\nC-1;Renamed;\n${Array.from({ length: 500 }, (_, i) => `C-N${i};New ${i};trucks`).join('\n')}\nbad{;x;\n`
  expect(await importCsv(wanted)).toMatchObject({ added: 500, changed: 1, wrong: [{ line: 503 }] })
  expect((await rows('C-1'))[0]).toMatchObject({ name: 'Renamed', attributes: { plate: '007', seats: 40 } })
  expect((await rows('C-N499'))[0]).toMatchObject({ name: 'New 499', group: 'trucks' })
})

it('tells what was asked of devices, and what became of it for each of many', async () => {
  await addDevices(
    node,
    ['E-1', 'E-2', 'E-3'].map((id) => ({ id, group: 'ordered' })),
  )
  const token = await (await testTokens()).sign('bearer', somebody())
  const ann = await connectClient(node.url, { auth: { token } })
  const command = { id: 'order-1', to: { group: 'ordered' }, kind: 'report_now' }
  const asked = await ann.socket.timeout(60_000).emitWithAck('command', command)
  ann.close()
  expect(asked).toMatchObject({ order: expect.any(String), devices: 3, leftOut: 0 })
  const path = `/orders/${encodeURIComponent('order' in asked ? asked.order : '')}/devices`
  await eventually('each is queued', async () => {
    const { reply } = await askPage<OrderDevicesReply>(node, 'GET', `${path}?state=queued`)
    return reply.entries.length === 3
  })
  const { reply } = await askPage<OrderDevicesReply>(node, 'GET', `${path}?limit=2`)
  expect([reply.entries.map(({ device }) => device), reply.next]).toEqual([['E-1', 'E-2'], 'E-2'])
  const { commands } = (await askPage<CommandsReply>(node, 'GET', '/devices/E-3/commands')).reply
  expect(commands).toMatchObject([{ kind: 'report_now', state: 'queued', by: { id: 'ann' } }])
  const { kinds } = (await askPage<CommandKindsReply>(node, 'GET', '/command-kinds')).reply
  expect(kinds.map(({ name }) => name)).toEqual(expect.arrayContaining(COMMAND_KINDS.map(({ name }) => name)))
})

it('writes into the record who changed what', async () => {
  const { entries } = (await askPage<RecordReply>(node, 'GET', '/record?limit=200')).reply
  const about = entries.filter(({ what }) => what === 'devices').map(({ who, about: said }) => `${who}: ${said}`)
  expect(about).toEqual(
    expect.arrayContaining(['anybody: described A-1', 'anybody: new key of B', 'anybody: took back the key of B']),
  )
})
