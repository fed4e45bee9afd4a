import { afterEach, expect, test } from 'vitest'
import { ANYBODY, type Person } from '../../../server/people/person.ts'
import type { SymbolRow } from '../../../wire/api.ts'
import { REGISTER } from '../../../wire/topics.ts'
import { personWith } from '../../support/persons.ts'
import { CURSOR, closeServers, setUp } from './api-stage.ts'

afterEach(closeServers)

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
