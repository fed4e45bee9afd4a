import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { type ApiPorts, apiRouter } from '../../../server/http/api.ts'
import { errorHandler, notFound } from '../../../server/http/errors.ts'
import { ANYBODY, type Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import type { Work } from '../../../server/pieces.ts'
import type { SymbolRow } from '../../../wire/api.ts'
import { NOWHERE } from '../../../wire/cursors.ts'
import { REGISTER } from '../../../wire/topics.ts'
import { noFaults } from '../../support/faults.ts'
import { personWith } from '../../support/persons.ts'

const work: Work = async (piece) => piece()
const CURSOR = { epoch: 'e', seq: 7 }
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const rowOf = (symbol: string) => ({ symbol, name: `${symbol} Inc.` }) as SymbolRow
const DEVICES = ['BUS-1', 'BUS-2', 'VAN-1'].map((id) => ({ id, last: null, cell: null, heard: 1 }))

/** The API over a floor of two symbols and three devices; `asked`: what it read. */
const setUp = async (more: Partial<ApiPorts> = {}) => {
  const asked: string[] = []
  const read = (what: string) => asked.push(what)
  const list = [rowOf('AAPL'), rowOf('MSFT')]
  let who: Person | null = ANYBODY
  let now = 0
  let clock = 0
  const ports: ApiPorts = {
    config: { node: 'one', version: '1', tiles: null, doors: { url: null, nmea: null, mqtt: false } },
    rights: createRights({ now: () => 0, isRevoked: () => false }),
    symbols: async () => list,
    candles: {
      now: async (archive, { symbol }) => {
        read(`candles ${symbol}${archive === null ? '' : ' joined'}`)
        return { cursor: CURSOR, text: `{"candles":"${symbol}"}`, partial: false }
      },
      then: async (_archive, { symbol, at }) => {
        read(`candles ${symbol} at ${at}`)
        return { cursor: NOWHERE, text: `{"candles":"${symbol}","at":${at}}`, partial: false }
      },
    },
    devices: async ({ limit }, _work, isSeen) => {
      read('devices')
      const devices = DEVICES.filter(({ id }) => isSeen === null || isSeen(id)).slice(0, limit)
      return { devices, next: null, complete: true, cursor: CURSOR }
    },
    track: {
      now: async (_archive, { id }) => {
        read(`track ${id}`)
        return { cursor: CURSOR, text: `{"track":"${id}"}`, partial: false }
      },
      then: async (_archive, { id, at }) => ({ cursor: NOWHERE, text: `{"track":"${id}","at":${at}}`, partial: false }),
    },
    symbolsAt: async (_archive, rows, at) => {
      read(`symbols at ${at}`)
      return [...rows]
    },
    devicesAt: async (_archive, rows) => [...rows],
    archive: null,
    clock: () => clock,
    stats: async () => {
      read('stats')
      const nodes = [{ node: 'one', clients: 3, topics: 4 }]
      return { clients: 3, nodes, watchers: { AAPL: 2, MSFT: 1 } }
    },
    cursor: async (topic) => {
      read(topic)
      return topic.endsWith('NONE') ? null : CURSOR
    },
    now: () => now,
    ...more,
  }
  const app = express()
  app.disable('etag')
  app.use((_request, response, next) => {
    response.locals = { work, pay: () => {}, refused: null, person: who }
    next()
  })
  app.use(
    apiRouter(ports),
    notFound,
    errorHandler({ debug: () => {} } as never, noFaults, () => {}),
  )
  const server = createServer(app).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = async (person: Person | null, path: string, had?: string) => {
    who = person
    const reply = await fetch(url + path, {
      headers: had === undefined ? {} : { 'If-None-Match': had, 'Cache-Control': 'max-age=0' },
    })
    const text = await reply.text()
    return { status: reply.status, text, json: text === '' ? null : JSON.parse(text), headers: reply.headers }
  }
  const wait = (ms: number): void => {
    now += ms
    clock += ms
  }
  return { get, asked, wait }
}

const trader = personWith('watch:s:AAPL')
const other = personWith('watch:s:MSFT watch:s:A', { id: 'bob' })
const dispatcher = personWith('watch:d:BUS-*')

test('lists have what whoever asks may watch, and nothing else', async () => {
  const { get } = await setUp()
  const symbols = async (person: Person) =>
    (await get(person, '/symbols')).json.symbols.map(({ symbol }: SymbolRow) => symbol)
  expect(await symbols(ANYBODY)).toEqual(['AAPL', 'MSFT'])
  expect(await symbols(trader)).toEqual(['AAPL'])
  expect(await symbols(other)).toEqual(['MSFT'])
  expect(await symbols(dispatcher)).toEqual([])
  const devices = async (person: Person) =>
    (await get(person, '/devices')).json.devices.map(({ id }: { id: string }) => id)
  expect(await devices(ANYBODY)).toEqual(['BUS-1', 'BUS-2', 'VAN-1'])
  expect(await devices(dispatcher)).toEqual(['BUS-1', 'BUS-2'])
  expect(await devices(trader)).toEqual([])
})

test('where the register stands is for those who may watch it', async () => {
  const { get } = await setUp()
  const cursor = async (person: Person) => (await get(person, '/devices')).json.cursor
  expect(await cursor(ANYBODY)).toEqual(CURSOR)
  expect(await cursor(personWith(`watch:${REGISTER}`))).toEqual(CURSOR)
  expect(await cursor(dispatcher)).toEqual({ epoch: '', seq: 0 })
})

test('figures of the cluster have what whoever asks may watch, and nodes for those who manage them', async () => {
  const { get, asked } = await setUp()
  const stats = async (person: Person) => (await get(person, '/stats')).json
  const nodes = [{ node: 'one', clients: 3, topics: 4 }]
  expect(await stats(ANYBODY)).toEqual({ clients: 3, nodes, watchers: { AAPL: 2, MSFT: 1 } })
  expect(await stats(trader)).toEqual({ clients: 3, nodes: [], watchers: { AAPL: 2 } })
  expect(await stats(personWith('watch:s:AAPL manage:node'))).toEqual({ clients: 3, nodes, watchers: { AAPL: 2 } })
  expect(await stats(personWith('manage:people'))).toEqual({ clients: 3, nodes: [], watchers: {} })
  expect(asked).toEqual(['stats'])
})

test.each(['/symbols/MSFT/candles', '/symbols/NONE/candles', '/devices/VAN-1/track', '/devices/NONE/track'])(
  '%s: a refusal is the same whether there is such a thing or not, and reads nothing',
  async (path) => {
    const { get, asked } = await setUp()
    const refused = { error: { code: 'not_allowed', message: expect.any(String) } }
    for (const person of [trader, dispatcher]) {
      expect(await get(person, path)).toMatchObject({ status: 403, json: refused })
      expect(await get(person, path, '"e.7"')).toMatchObject({ status: 403, json: refused })
    }
    expect(asked).toEqual([])
  },
)

test('a kept body is given to whoever may watch its topic, with its tag, and to nobody else', async () => {
  const { get, asked } = await setUp()
  for (let i = 0; i < 2; i++) {
    expect(await get(trader, '/symbols/AAPL/candles')).toMatchObject({ status: 200, text: '{"candles":"AAPL"}' })
    expect((await get(ANYBODY, '/symbols/AAPL/candles', '"e.7"')).status).toBe(304)
    expect((await get(other, '/symbols/AAPL/candles', '"e.7"')).status).toBe(403)
    expect((await get(dispatcher, '/devices/BUS-1/track')).status).toBe(200)
    expect((await get(trader, '/devices/BUS-1/track')).status).toBe(403)
  }
  expect(asked.filter((what) => what.startsWith('candles') || what.startsWith('track'))).toEqual([
    'candles AAPL',
    'track BUS-1',
  ])
})

test('a tag of one person is not taken for that of another', async () => {
  const { get } = await setUp()
  for (const path of ['/symbols', '/devices', '/stats']) {
    const tags = new Map<Person, string>()
    for (const person of [ANYBODY, trader, dispatcher]) {
      const { headers } = await get(person, path)
      expect(headers.get('cache-control')).toBe('private, no-cache')
      tags.set(person, headers.get('etag') ?? '')
    }
    for (const [person, tag] of tags) {
      expect((await get(person, path, tag)).status).toBe(304)
      for (const [one, own] of tags) if (own !== tag) expect((await get(one, path, tag)).status).toBe(200)
    }
  }
})

test('people of the same grants share what is made, and it is made again once it is old', async () => {
  const { get, asked, wait } = await setUp()
  for (const id of ['ann', 'bob', 'eve']) await get(personWith('watch:d:BUS-* say:*', { id }), '/devices')
  expect(asked).toEqual(['devices'])
  await get(personWith('watch:d:VAN-*'), '/devices')
  await get(ANYBODY, '/devices')
  await get(personWith('watch:* manage:devices'), '/devices')
  expect(asked).toEqual(['devices', 'devices', 'devices'])
  wait(2000)
  await get(dispatcher, '/devices')
  expect(asked).toHaveLength(4)
})

test('nobody is told anything but what everybody may know', async () => {
  const { get, asked } = await setUp()
  for (const path of [
    '/symbols',
    '/symbols/AAPL/candles',
    '/symbols/NONE/candles',
    '/devices',
    '/devices/BUS-1/track',
    '/stats',
  ])
    expect(await get(null, path)).toMatchObject({ status: 401, json: { error: { code: 'not_signed_in' } } })
  expect((await get(null, '/config')).status).toBe(200)
  expect(asked).toEqual([])
})

test('which devices have a key is told only to those who may manage devices', async () => {
  const devices = [{ id: 'BUS-1', last: null, cell: null, heard: 1, keyed: true as const }]
  const { get } = await setUp({ devices: async () => ({ devices, next: null, complete: true, cursor: CURSOR }) })
  expect((await get(personWith('watch:* manage:devices'), '/devices')).json.devices).toEqual(devices)
  for (const grants of ['watch:*', 'watch:* manage:people', 'watch:d:* command:*'])
    expect((await get(personWith(grants), '/devices')).json.devices[0]).not.toHaveProperty('keyed')
})
