import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REQUESTS } from '../../server/live/requests.ts'
import { ACTS } from '../../server/live/who.ts'
import { CAST, type Cast, castOf, isInside, type Name } from '../support/cast.ts'
import { ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { type FloorWithPeople, startFloorWithPeople } from '../support/floor-with-people.ts'
import { EVENTS } from '../support/table/events.ts'
import { ROUTES } from '../support/table/routes.ts'

/** Who may do what: every route and every event, times everybody. */
let floor: FloorWithPeople
let cast: Cast

beforeAll(async () => {
  floor = await startFloorWithPeople({ PROXIES: '127.0.0.1' })
  cast = await castOf(floor)
  const { feed } = floor
  await feed.describe('AAPL', 'MSFT')
  const at = { t: Date.now() - 60_000, lat: 30.25, lon: -97.75, n: 1 }
  for (const [id, group] of [
    ['BUS-1', 'buses'],
    ['VAN-1', 'vans'],
  ] as const) {
    await feed.describeDevice(id, { group })
    await feed.fix({ id, ...at })
  }
  const dispatcher = await cast.connect('dispatcher')
  await eventually('the group is known', async () => {
    const reply = await dispatcher.watch({
      view: { bounds: { west: -97.76, south: 30.24, east: -97.74, north: 30.26 } },
    })
    return JSON.stringify(reply).includes('BUS-1')
  })
  expect((await cast.ask('manager', 'POST', '/api/revoke', { person: 'revoked' })).status).toBe(200)
})
afterAll(() => floor.stop())

/** Every route that the code adds to a router, as it is written there: `get /symbols/:symbol/candles`. */
const routesInCode = readdirSync(`${ROOT}/server/http`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => [
    ...readFileSync(`${ROOT}/server/http/${path}`, 'utf8').matchAll(
      /\.(get|post|put|patch|delete)\(\s*(['"`]\/[^'"`]*['"`]|[A-Z_]{3,}(?=,)|socketPath)/g,
    ),
  ])
  .map(([, method, path = '']) => `${method} ${path.replace(/['"`]/g, '')}`)

test('the table has every route and every event of the code', () => {
  expect(Object.keys(ROUTES).sort()).toEqual([...new Set(routesInCode)].sort())
  expect(Object.keys(EVENTS).sort()).toEqual([...REQUESTS, ...ACTS].sort())
})

describe.each(Object.entries(ROUTES))('%s', (route, rows) => {
  const method = route.split(' ')[0]?.toUpperCase() ?? ''
  test.each(rows)('$path', async ({ path, body, may, given = 200, everybody, refused = 403 }) => {
    const statusOf = (name: Name): number => {
      if (everybody) return given
      if (!isInside(name)) return 401
      return may === 'inside' || may.includes(name) ? given : refused
    }
    const statuses: Record<string, number> = {}
    for (const name of CAST) statuses[name] = (await cast.ask(name, method, path, body)).status
    expect(statuses).toEqual(Object.fromEntries(CAST.map((name) => [name, statusOf(name)])))
  })
})

test.each(CAST.filter((name) => !isInside(name)))('%s does not join by a socket', async (name) => {
  await expect(cast.connect(name)).rejects.toThrow('Sign in first')
})

describe.each(Object.entries(EVENTS))('%s', (event, rows) => {
  test.each(rows)('$what', async ({ request, may, given, refused }) => {
    const answers: Record<string, unknown> = {}
    const expected: Record<string, unknown> = {}
    for (const name of CAST.filter(isInside)) {
      const client = await cast.connect(name)
      answers[name] = await client.socket.timeout(60_000).emitWithAck(event as 'watch', request(name, cast) as never)
      expected[name] = may.includes(name) ? given : refused
      client.close()
    }
    expect(answers).toMatchObject(expected)
  })
})
