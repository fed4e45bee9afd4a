import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordReply } from '../../wire/people.ts'
import type { WatchResult } from '../../wire/protocol.ts'
import { eventually } from '../support/eventually.ts'
import { type FloorWithPeople, startFloorWithPeople } from '../support/floor-with-people.ts'
import { fromOwnPage } from '../support/people.ts'
import { openRaw, readReplies } from '../support/raw-http.ts'

/** What people might do who are let in, and should not be able to. */
let floor: FloorWithPeople
const HOUR = 3_600_000
const AUSTIN = { lat: 30.27, lon: -97.74 }
const AROUND = { west: -97.8, east: -97.68, south: 30.22, north: 30.32 }

beforeAll(async () => {
  floor = await startFloorWithPeople()
  const { feed } = floor
  await feed.describe('AAPL', 'SECRET')
  for (const [id, group] of [
    ['BUS-1', 'buses'],
    ['VAN-1', 'vans'],
  ] as const) {
    await feed.describeDevice(id, { name: `Name of ${id}`, group })
    await feed.fix({ id, n: 1, t: Date.now(), ...AUSTIN })
  }
  const ann = await floor.connect(floor.closed, await floor.bearer('watch:* say:*', { name: 'Ann Secret' }))
  for (const room of ['m:desk', 'm:s:AAPL', 'm:d:BUS-1'])
    await ann.socket.emitWithAck('say', { room, id: 'one', text: 'Confidential' })
})
afterAll(() => floor.stop())

const ask = async (token: string, path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> => {
  const headers = { ...init.headers, authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${floor.closed.url}${path}`, { ...init, headers })
  return { status: response.status, text: await response.text() }
}
const post = (token: string, path: string, body: object) =>
  ask(token, path, { method: 'POST', body: JSON.stringify(body) })
const codesOf = (results: readonly WatchResult[]): string[] =>
  results.map((result) => (result.kind === 'error' ? result.error.code : result.kind))
const watched = async (token: string, topics: readonly string[]): Promise<string[]> => {
  const client = await floor.connect(floor.closed, token)
  const reply = await client.watch({ topics: topics.map((topic) => ({ topic })) })
  return 'error' in reply ? [reply.error.code] : codesOf(reply.results)
}

describe('whoever has the link of a share', () => {
  const share = () =>
    floor.bearer('watch:d:BUS-1', { id: null, name: '', via: 'share', credential: 'a-share', by: 'ann' })

  it('sees that thing, and nothing else by any way', async () => {
    const token = await share()
    const others = ['s:AAPL', 'd:VAN-1', 'd:NONE', 'm:desk', 'm:d:BUS-1', 'r:devices', 'p:floor', 'i:ann', 'v:ann']
    const none = ['a:access', 'c:buses/0231301203311', 'i:', 'i:null']
    expect(await watched(token, ['d:BUS-1', ...others, ...none])).toEqual([
      'snapshot',
      ...others.map(() => 'not_allowed'),
      ...none.map((topic) => (topic === 'i:null' ? 'not_allowed' : 'bad_topic')),
    ])
    const paths = ['/api/symbols/AAPL/candles', '/api/symbols/NONE/candles', '/api/devices/VAN-1/track', '/api/people']
    const rooms = ['/api/rooms/m%3Adesk/messages', '/api/rooms/m%3Ad%3ABUS-1/messages', '/api/rooms/m%3Anone/messages']
    for (const path of [...paths, ...rooms, '/api/shares', '/api/invitations', '/api/record'])
      expect([path, (await ask(token, path)).status]).toEqual([path, 403])
    for (const path of [
      '/api/symbols',
      '/api/devices',
      '/api/devices?q=van',
      '/api/rooms',
      '/api/stats',
      '/api/session',
    ])
      expect((await ask(token, path)).text, path).not.toMatch(/AAPL|SECRET|VAN|Ann|Confidential|vans/)
  })

  it('does nothing by it', async () => {
    const token = await share()
    const until = Date.now() + HOUR
    const show = { kind: 'device', device: 'BUS-1' }
    for (const [path, body] of [
      ['/api/shares', { show, until }],
      ['/api/invitations', { name: 'Eve', grants: 'watch:d:BUS-1', until }],
      ['/api/revoke', { share: 'a-share' }],
      ['/api/revoke', { person: 'ann' }],
    ] as const)
      expect([path, (await post(token, path, body)).status]).toEqual([path, 403])
    const { socket, watch } = await floor.connect(floor.closed, token)
    const say = { room: 'm:d:BUS-1', id: 'x', text: 'Hi' }
    expect(await socket.emitWithAck('say', say)).toMatchObject({ error: { code: 'not_allowed' } })
    expect(await socket.emitWithAck('mark', { done: [1] })).toMatchObject({ error: { code: 'not_signed_in' } })
    expect(await socket.emitWithAck('here', { on: 'd:BUS-1' })).toMatchObject({ error: { code: 'not_signed_in' } })
    const renewed = await socket.emitWithAck('renew', { token: await floor.bearer('watch:*') })
    expect(renewed).toMatchObject({ error: { code: 'not_allowed' } })
    expect(await watch({ view: { bounds: AROUND } })).toMatchObject({ results: [], view: { cells: [], groups: [] } })
  })
})

describe('whoever may watch one group', () => {
  it('learns of no other: neither of its name, nor that it is there, nor how much is in it', async () => {
    const client = await floor.connect(floor.closed, await floor.bearer('watch:c:buses/* share:c:buses/*'))
    const all = await eventually('the node knows the groups', async () => {
      const reply = await client.watch({ view: { bounds: AROUND } })
      return JSON.stringify(reply).includes('"groups":["') && reply
    })
    expect(all).toMatchObject({ view: { groups: ['buses'] } })
    expect(JSON.stringify(all)).not.toMatch(/van/i)
    const told = async (group: string): Promise<string> => {
      const reply = await client.watch({ view: { bounds: AROUND, groups: ['buses', group] } })
      return JSON.stringify(reply).replaceAll(group, 'GROUP')
    }
    expect(await told('vans')).toBe(await told('nope'))
    const token = await floor.bearer('watch:c:buses/*')
    for (const path of ['/api/devices', '/api/devices?q=van', '/api/stats', '/api/symbols'])
      expect((await ask(token, path)).text, path).not.toMatch(/VAN|BUS|AAPL/)
  })

  it('is refused in the same words whether or not there is something', async () => {
    const token = await floor.bearer('watch:c:buses/*')
    const answers = async (one: string, none: string, at: (name: string) => string) => {
      const [a, b] = await Promise.all(
        [one, none].map((name) => ask(token, at(name), { headers: { 'if-none-match': '*' } })),
      )
      expect(a).toEqual(b)
      expect(a?.status).toBe(403)
    }
    await answers('SECRET', 'NONE', (name) => `/api/symbols/${name}/candles`)
    await answers('VAN-1', 'NONE', (name) => `/api/devices/${name}/track`)
    await answers('desk', 'none', (name) => `/api/rooms/m%3A${name}/messages`)
    await answers('a', 'b', (name) => `/api/record?before=${name}`)
  })
})

describe('whoever is taken back', () => {
  const manager = (id: string) => floor.bearer('watch:* manage:*', { id, name: id, credential: id })

  it('cannot post to its end what they began before', async () => {
    const body = JSON.stringify({ name: 'Back door', grants: 'watch:*', until: Date.now() + HOUR })
    const headers = [
      'POST /api/invitations HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${await manager('mallory')}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ]
    const slow = await openRaw(floor.closed.url)
    slow.send(`${headers.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`)
    // Long enough that it was let in: what comes too late would be refused anyway.
    await sleep(500)
    expect((await post(await manager('boss'), '/api/revoke', { person: 'mallory' })).status).toBe(200)
    await eventually('mallory is out', async () => (await ask(await manager('mallory'), '/api/people')).status === 401)
    slow.send(body.slice(10))
    await slow.ended
    expect(readReplies(slow.heard()).map(({ status }) => status)).toEqual([403])
    expect((await ask(await manager('boss'), '/api/invitations')).text).not.toContain('Back door')
  })

  it('is out, whenever they come meanwhile', async () => {
    const boss = await manager('boss')
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => floor.bearer('watch:*', { id: `late${i}`, credential: `late${i}` })),
    )
    const came = tokens.map((token, i) => sleep(i * 3).then(() => floor.connect(floor.closed, token).catch(() => null)))
    const gone = tokens.map((_, i) =>
      sleep(i * 3 + (i % 7)).then(() => post(boss, '/api/revoke', { person: `late${i}` })),
    )
    expect((await Promise.all(gone)).map(({ status }) => status)).toEqual(tokens.map(() => 200))
    const clients = (await Promise.all(came)).filter((client) => client !== null)
    await eventually('nobody is left', () => clients.every(({ socket }) => !socket.connected))
    for (const token of tokens) expect((await ask(token, '/api/symbols')).status).toBe(401)
  })
})

it('the record cannot be filled by whoever signs out again and again', async () => {
  const open = { url: floor.open.url, headers: { ...fromOwnPage } }
  const signedIn = await fetch(`${open.url}/api/session`, {
    method: 'POST',
    headers: open.headers,
    body: JSON.stringify({ name: 'Filler' }),
  })
  const headers = { 'Sec-Fetch-Site': 'same-origin', cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' }
  for (let i = 0; i < 150; i++)
    expect((await fetch(`${open.url}/api/session`, { method: 'DELETE', headers })).status).toBe(200)
  const { entries } = (await (await fetch(`${open.url}/api/record?limit=200`)).json()) as RecordReply
  const lines = entries.filter(({ who, what }) => who === 'filler' && what === 'signed_out')
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(140)
})
