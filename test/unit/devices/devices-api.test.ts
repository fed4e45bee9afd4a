import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { type DevicesApiPorts, devicesRouter } from '../../../server/http/devices.ts'
import { errorHandler, notFound } from '../../../server/http/errors.ts'
import { knownMethods } from '../../../server/http/methods.ts'
import type { Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import type { DeviceDescription } from '../../../wire/fleet.ts'
import { noFaults } from '../../support/faults.ts'
import { personWith } from '../../support/persons.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const manager = personWith('watch:* manage:devices', { id: 'boss' })
const watcher = personWith('watch:d:A watch:o:boss.* manage:people')

/** The API over the devices A and B, of which only A has a key. */
const setUp = async () => {
  const known: Record<string, DeviceDescription> = {
    A: { name: 'Ä', group: 'buses', attributes: { seats: 40 } },
    B: {},
  }
  const keys = new Map([['A', 'key 0 of A']])
  const records: string[] = []
  const asked: unknown[] = []
  let made = 0
  let who: Person = manager
  const ports: DevicesApiPorts = {
    keys: {
      make: async (ids) =>
        ids.map((id) => {
          const key = `key ${++made} of ${id}`
          keys.set(id, key)
          return { id, key, isNew: !(id in known) }
        }),
      takeBack: async (id) => void keys.delete(id),
    },
    describe: async (devices) => {
      for (const { id, ...description } of devices) known[id] = description
    },
    history: {
      commands: async (id, query) => {
        asked.push([id, query])
        return { id, commands: [], next: null }
      },
      orderDevices: async (id, query) => {
        asked.push([id, query])
        return { id, entries: [], next: null }
      },
    },
    kinds: [{ name: 'stop', title: 'Stop', args: [], within: 60, most: 600 }],
    rights: createRights({ now: () => 0, isRevoked: () => false }),
    personOf: () => who,
    record: async ({ who: by, what, about }) => void records.push(`${by} ${what}: ${about}`),
    register: async () => ({
      cursor: { epoch: 'e', seq: 1 },
      entries: new Map(),
      ids: Object.keys(known).sort(),
      complete: true,
    }),
    descriptions: async (ids) => ids.map((id) => known[id] ?? null),
    groups: () => ['other', 'buses'],
  }
  const app = express()
  app.use((_request, response, next) => {
    response.locals = { work: async <T>(piece: () => T) => piece(), pay: () => {}, refused: null, person: who }
    next()
  })
  app.use(knownMethods)
  app.use(
    '/api',
    devicesRouter(ports),
    notFound,
    errorHandler({ debug: () => {} } as never, noFaults, () => {}),
  )
  const server = createServer(app).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  const ask = async (person: Person, method: string, path: string, body?: object | string) => {
    who = person
    const type = typeof body === 'string' ? 'text/csv' : 'application/json'
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await fetch(url + path, { method, headers: { 'Content-Type': type }, ...(body && { body: text }) })
    const said = await reply.text()
    return { status: reply.status, said, reply: said.startsWith('{') ? JSON.parse(said) : null, headers: reply.headers }
  }
  return { ask, known, keys, records, asked }
}

describe('adding devices', () => {
  it('makes a key for each, and tells it once', async () => {
    const { ask, known, keys, records } = await setUp()
    const devices = [{ id: 'C', name: 'Third', group: 'buses' }, { id: 'A' }, { id: 'B', name: 'Second' }]
    const { status, reply, headers } = await ask(manager, 'POST', '/devices', { devices })
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(reply).toEqual({
      devices: [
        { id: 'C', key: keys.get('C'), added: true },
        { id: 'A', key: keys.get('A'), added: false },
        { id: 'B', key: keys.get('B'), added: false },
      ],
    })
    expect(known).toEqual({
      A: { name: 'Ä', group: 'buses', attributes: { seats: 40 } },
      B: { name: 'Second' },
      C: { name: 'Third', group: 'buses' },
    })
    expect(records).toEqual(['boss devices: added C, A, B'])
  })

  it.each([
    ['none', { devices: [] }],
    ['too many', { devices: Array.from({ length: 501 }, (_, i) => ({ id: `D${i}` })) }],
    ['one twice', { devices: [{ id: 'C' }, { id: 'C' }] }],
    ['a name that is none', { devices: [{ id: 'a"b' }] }],
    ['a group that is none', { devices: [{ id: 'C', group: 'Not One' }] }],
    ['attributes that are too long', { devices: [{ id: 'C', attributes: { note: 'x'.repeat(2000) } }] }],
    ['an attribute that is no value', { devices: [{ id: 'C', attributes: { note: {} } }] }],
    ['more than is known', { devices: [{ id: 'C', key: 'my own' }] }],
  ])('is refused with %s, and nothing is done', async (_what, body) => {
    const { ask, keys, known, records } = await setUp()
    const { status } = await ask(manager, 'POST', '/devices', body)
    expect([status, keys.size, Object.keys(known), records]).toEqual([400, 1, ['A', 'B'], []])
  })

  it('takes five hundred of them', async () => {
    const { ask, known, records } = await setUp()
    const devices = Array.from({ length: 500 }, (_, i) => ({ id: `D${i}`, name: 'x'.repeat(100) }))
    expect((await ask(manager, 'POST', '/devices', { devices })).status).toBe(200)
    expect(Object.keys(known)).toHaveLength(502)
    expect(records).toEqual(['boss devices: added D0, D1, D2, 497 more'])
  })
})

describe('a device', () => {
  it('is described anew, gets another key, and loses it', async () => {
    const { ask, known, keys, records } = await setUp()
    expect((await ask(manager, 'PUT', '/devices/A', { name: 'New' })).reply).toEqual({ done: true })
    expect(known.A).toEqual({ name: 'New' })
    const { reply } = await ask(manager, 'POST', '/devices/A/key')
    expect(reply).toEqual({ id: 'A', key: keys.get('A') })
    expect(reply.key).not.toBe('key 0 of A')
    expect((await ask(manager, 'DELETE', '/devices/A/key')).reply).toEqual({ done: true })
    expect(keys.has('A')).toBe(false)
    expect(records).toEqual(
      ['described A', 'new key of A', 'took back the key of A'].map((what) => `boss devices: ${what}`),
    )
  })

  it('that there is not, or whose name is none, has nothing', async () => {
    const { ask, keys } = await setUp()
    for (const [method, path, body] of [
      ['PUT', '', {}],
      ['POST', '/key'],
      ['DELETE', '/key'],
    ] as const) {
      expect((await ask(manager, method, `/devices/C${path}`, body)).status).toBe(404)
      expect((await ask(manager, method, `/devices/%7B%7D${path}`, body)).status).toBe(400)
    }
    expect(keys.size).toBe(1)
  })
})

it('whoever may not manage devices changes nothing, and reads no list of them', async () => {
  const { ask, known, keys, records } = await setUp()
  const refused = [
    await ask(watcher, 'POST', '/devices', { devices: [{ id: 'C' }] }),
    await ask(watcher, 'PUT', '/devices/A', { name: 'x' }),
    await ask(watcher, 'POST', '/devices/A/key'),
    await ask(watcher, 'POST', '/devices/nobody/key'),
    await ask(watcher, 'DELETE', '/devices/A/key'),
    await ask(watcher, 'GET', '/devices.csv'),
    await ask(watcher, 'POST', '/devices.csv', 'id\nC\n'),
  ]
  for (const { status, said } of refused) expect([status, said]).toEqual([403, refused[0]?.said])
  expect([Object.keys(known), [...keys.values()], records]).toEqual([['A', 'B'], ['key 0 of A'], []])
})

describe('the list as a table', () => {
  it('is given to whoever manages devices, as far as they may watch them', async () => {
    const { ask } = await setUp()
    const { said, headers } = await ask(manager, 'GET', '/devices.csv')
    expect(said).toBe('id,name,group,category,seats\r\nA,Ä,buses,,40\r\nB,,,,\r\n')
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual(['text/csv; charset=utf-8', 'no-store'])
    const some = personWith('watch:d:B manage:devices')
    expect((await ask(some, 'GET', '/devices.csv')).said).toBe('id,name,group,category\r\nB,,,\r\n')
  })

  it('is taken back as it was given, changing nothing', async () => {
    const { ask, records } = await setUp()
    const { said } = await ask(manager, 'GET', '/devices.csv')
    expect((await ask(manager, 'POST', '/devices.csv', said)).reply).toEqual({ added: 0, changed: 0, wrong: [] })
    expect(records).toEqual([])
  })

  it('adds and changes devices, and tells wrong lines', async () => {
    const { ask, known, keys, records } = await setUp()
    const { reply } = await ask(manager, 'POST', '/devices.csv', 'id,name\nA,New\nC,Third\n{,x\n')
    expect(reply).toMatchObject({ added: 1, changed: 1, wrong: [{ line: 4 }] })
    expect([known.A, known.C, keys.has('C')]).toEqual([
      { name: 'New', group: 'buses', attributes: { seats: 40 } },
      { name: 'Third' },
      false,
    ])
    expect(records).toEqual(['boss devices: imported: 1 added, 1 changed'])
  })
})

describe('what was asked of devices', () => {
  it('is shown to whoever may watch them', async () => {
    const { ask, asked } = await setUp()
    expect((await ask(watcher, 'GET', '/devices/A/commands?before=7')).reply).toEqual({
      id: 'A',
      commands: [],
      next: null,
    })
    expect((await ask(watcher, 'GET', '/devices/B/commands')).status).toBe(403)
    const order = '/orders/boss.k3j2/devices?state=failed&after=A&limit=500'
    expect((await ask(watcher, 'GET', order)).reply).toEqual({ id: 'boss.k3j2', entries: [], next: null })
    expect((await ask(watcher, 'GET', '/orders/bob.k3j2/devices')).status).toBe(403)
    expect(asked).toEqual([
      ['A', { before: 7, limit: 50 }],
      ['boss.k3j2', { state: 'failed', after: 'A', limit: 500 }],
    ])
    for (const path of ['/devices/A/commands?limit=101', '/orders/boss.k3j2/devices?state=gone'])
      expect((await ask(watcher, 'GET', path)).status).toBe(400)
  })

  it('may be any of these kinds', async () => {
    const { ask } = await setUp()
    expect((await ask(watcher, 'GET', '/command-kinds')).reply.kinds).toHaveLength(1)
  })
})
