import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { type Archive, ArchiveAway } from '../../../archive/archive.ts'
import { errorHandler, notFound } from '../../../server/http/errors.ts'
import { pastRouter } from '../../../server/http/past.ts'
import { ANYBODY, type Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { noFaults } from '../../support/faults.ts'
import { personWith } from '../../support/persons.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const fixOf = (id: string): Fix => ({ id, n: 1, t: 5, lat: 30, lon: -97 })
const IDS = ['BUS-1', 'BUS-2', 'VAN-1']

/** The routes over an archive of three devices; `asked`: what it was asked. */
const setUp = async ({ none = false, away = false } = {}) => {
  const asked: unknown[] = []
  const answer =
    <T>(question: string, rows: T) =>
    async (...args: unknown[]): Promise<T> => {
      asked.push([question, ...args])
      if (away) throw new ArchiveAway('it was taken away')
      return rows
    }
  const archive = {
    begin: answer('begin', 1000),
    edge: answer('edge', 9000),
    slices: answer('slices', { market: [0], fleet: [600_000] }),
    visits: answer(
      'visits',
      IDS.map((id) => ({ id, first: fixOf(id), last: fixOf(id) })),
    ),
    lastOfAll: answer(
      'lastOfAll',
      IDS.map((id) => ({ fix: fixOf(id), at: 6 })),
    ),
    complete: answer('complete', { from: 7, gaps: [{ from: 8, to: 9, why: 'lost' }] }),
  } as unknown as Archive
  let who: Person = ANYBODY
  let paid = 0
  const app = express()
  app.disable('etag')
  app.use((_request, response, next) => {
    const pay = (cost: number): void => {
      paid += cost
    }
    response.locals = { work: async (piece: () => unknown) => piece(), pay, refused: null, person: who }
    next()
  })
  const rights = createRights({ now: () => 0, isRevoked: () => false })
  app.use(
    pastRouter({ archive: none ? null : archive, rights, reapAfterMs: 900 }),
    notFound,
    errorHandler({ debug: () => {} } as never, noFaults, () => {}),
  )
  const server = createServer(app).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = async (person: Person, path: string) => {
    who = person
    const reply = await fetch(url + path)
    return { status: reply.status, json: await reply.json() }
  }
  return { get, asked, paid: () => paid }
}

const dispatcher = personWith('watch:d:BUS-*')
const trader = personWith('watch:s:*')
const guest = personWith('watch:*', { via: 'share' })
const AREA = 'area=-97.1,29.9,-96.9,30.1&from=0&to=1000'
const PATHS = [
  '/past',
  '/past/slices?from=0&to=1000',
  `/past/area?${AREA}`,
  '/past/fleet?at=1000',
  '/symbols/AAPL/complete',
  '/devices/BUS-1/complete',
]

describe.each(PATHS)('%s', (path) => {
  test('guests learn nothing, not even whether there is an archive', async () => {
    const replies = await Promise.all(
      [{}, { none: true }, { away: true }].map(async (how) => {
        const { get, asked } = await setUp(how)
        const reply = await get(guest, path)
        expect(asked).toEqual([])
        return reply
      }),
    )
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1)
    expect(replies[0]).toMatchObject({ status: 403, json: { error: { code: 'not_allowed' } } })
  })

  test('is paid for by whoever asks', async () => {
    const { get, paid } = await setUp()
    expect((await get(ANYBODY, path)).status).toBe(200)
    expect(paid()).toBeGreaterThan(0)
  })

  test.runIf(path !== '/past')(
    'there is nothing without an archive, and nothing can be read while it is away',
    async () => {
      expect(await (await setUp({ none: true })).get(ANYBODY, path)).toMatchObject({
        status: 404,
        json: { error: { code: 'not_found' } },
      })
      expect(await (await setUp({ away: true })).get(ANYBODY, path)).toMatchObject({
        status: 503,
        json: { error: { code: 'unavailable' } },
      })
    },
  )
})

test('says from when there is anything, and whether it can be asked', async () => {
  const said = async (how: object) => (await (await setUp(how)).get(trader, '/past')).json
  expect(await said({})).toEqual({ archive: 'up', from: 1000, edge: 9000 })
  expect(await said({ none: true })).toEqual({ archive: 'none', from: null, edge: null })
  expect(await said({ away: true })).toEqual({ archive: 'down', from: null, edge: null })
})

test('slices tell of the market and of the fleet those who may see any of it', async () => {
  const { get } = await setUp()
  const slices = async (person: Person) => (await get(person, '/past/slices?from=0&to=1000')).json
  expect(await slices(ANYBODY)).toEqual({ market: [0], fleet: [600_000] })
  expect(await slices(trader)).toEqual({ market: [0], fleet: [] })
  expect(await slices(dispatcher)).toEqual({ market: [], fleet: [600_000] })
  expect(await slices(personWith('watch:c:buses/*'))).toEqual({ market: [], fleet: [600_000] })
  expect(await slices(personWith('watch:m:desk'))).toEqual({ market: [], fleet: [] })
})

test('the fleet and an area have the devices that whoever asks may watch', async () => {
  const { get, asked } = await setUp()
  const idsOf = async (person: Person, path: string): Promise<string[]> => {
    const { devices, fixes } = (await get(person, path)).json as { devices?: Fix[]; fixes?: Fix[] }
    return (devices ?? fixes ?? []).map(({ id }) => id)
  }
  for (const path of [`/past/area?${AREA}`, '/past/fleet?at=1000']) {
    expect(await idsOf(ANYBODY, path)).toEqual(IDS)
    expect(await idsOf(dispatcher, path)).toEqual(['BUS-1', 'BUS-2'])
    const before = asked.length
    expect(await idsOf(trader, path)).toEqual([])
    expect(asked).toHaveLength(before)
  }
  expect(asked).toContainEqual(['lastOfAll', 100, 1001, 10_000])
  expect(asked).toContainEqual(['visits', { west: -97.1, south: 29.9, east: -96.9, north: 30.1 }, 0, 1000, 2000])
})

test('how complete a topic is, is for those who may watch it', async () => {
  const { get, asked } = await setUp()
  expect((await get(dispatcher, '/devices/BUS-1/complete')).json).toEqual({
    from: 7,
    gaps: [{ from: 8, to: 9, why: 'lost' }],
  })
  const before = asked.length
  expect((await get(dispatcher, '/devices/VAN-1/complete')).status).toBe(403)
  expect((await get(dispatcher, '/symbols/AAPL/complete')).status).toBe(403)
  expect(asked).toHaveLength(before)
})

test.each([
  ['/past/slices?from=0', 'to'],
  ['/past/slices?from=5&to=4', 'to'],
  ['/past/slices?from=0&to=2764800001', 'to'],
  ['/past/fleet', 'at'],
  ['/past/area?area=1,2,3&from=0&to=1', 'area'],
  ['/past/area?area=1,2,0,4&from=0&to=1', 'area'],
  ['/past/area?area=1,2,3,88&from=0&to=1', 'area'],
  ['/past/area?area=1,2,3,4,5&from=0&to=1', 'area'],
  ['/past/area?area=1,2,3,4&area=1,2,3,4&from=0&to=1', 'area'],
  ['/past/area?area=0,0,0.1,0.1&from=0&to=604800001', 'to'],
])('%s is a mistake, and says of what', async (path, name) => {
  const { get, asked } = await setUp()
  const { status, json } = await get(ANYBODY, path)
  expect([status, json]).toEqual([
    400,
    { error: { code: 'bad_request', message: expect.stringContaining(` ${name}: `) } },
  ])
  expect(asked).toEqual([])
})

test('an area of more tiles than a view may have is too wide', async () => {
  const { get } = await setUp()
  expect((await get(ANYBODY, '/past/area?area=-100,20,-90,30&from=0&to=1')).json.error.code).toBe('view_too_wide')
})
