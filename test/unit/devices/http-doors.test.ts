import { afterEach, describe, expect, it, test } from 'vitest'
import { wireError } from '../../../server/live/requests.ts'
import type { Command, Sent } from '../../../wire/commands.ts'
import type { DeviceReply } from '../../../wire/devices.ts'
import { DOOR_REQUESTS, doorRequest } from '../../support/door-requests.ts'
import { KEY, NOW, openDoors } from './doors-stage.ts'

const open: { close: () => void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})
const setUp = async (...more: Parameters<typeof openDoors>) => {
  const doors = await openDoors(...more)
  open.push(doors)
  const load = (name: string, key = KEY) => doorRequest(name, { host: doors.host, key }).raw
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(doors.url + path, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
  return { ...doors, load, post, basic: { Authorization: `Basic ${btoa(`van-7:${KEY}`)}` } }
}

const location = (more: object = {}) =>
  JSON.stringify({ _type: 'location', lat: 48, lon: 16, tst: 1_718_000_000, ...more })
const sentOf = (kind: string, args: Sent['args'] = {}): Sent => ({ id: `c-${kind}`, kind, args, until: NOW })
const commandOf = (kind: string, state: Command['state'], until = NOW): Command => ({
  ...{ id: `c-${kind}-${state}`, c: 1, kind, args: {}, by: { id: 'ann', name: 'Ann' }, t: 1, at: 1, until, state },
})

test.each(DOOR_REQUESTS)('the request %s is taken as its client expects', async (name) => {
  const { send, load, reports } = await setUp()
  const { status, body, headers } = await send(load(name))
  if (name === 'owntracks-encrypted') {
    expect([status, reports.length]).toEqual([400, 0])
    expect(body).toContain('encrypted')
    return
  }
  expect([status, headers['cache-control']]).toEqual([200, 'no-store'])
  const door =
    name === 'own-program'
      ? 'http'
      : (name.split('-')[0] ?? '').replace('traccar', name.includes('-9-') ? 'traccar' : 'osmand')
  expect(reports.map((each) => each.door)).toEqual(name === 'owntracks-lwt' ? [] : [door])
  if (door === 'owntracks') expect(JSON.parse(body)).toEqual([])
  else if (door !== 'http') expect(body).toBe('')
})

test.each(DOOR_REQUESTS)('the request %s is refused with another key', async (name) => {
  const { send, load, reports } = await setUp()
  const { status, headers } = await send(load(name, 'another'))
  expect([status, reports.length]).toEqual([name === 'owntracks-encrypted' ? 400 : 401, 0])
  if (/^own(tracks-android|-program)/.test(name) && status === 401)
    expect(headers['www-authenticate']).toMatch(/^(Basic|Bearer)/)
})

describe('a device that nobody has added', () => {
  it.each([
    ['OsmAnd', 'GET', `/in/${KEY}?id=nobody&lat=1&lon=2`, undefined, 400],
    ['Traccar Client', 'POST', `/in/${KEY}`, '{"device_id":"nobody","location":{"timestamp":"1718000000"}}', 404],
    ['OwnTracks', 'POST', `/in/owntracks/${KEY}?u=nobody`, location(), 404],
    ['a program', 'POST', '/in/device', '{"id":"nobody"}', 404],
  ])('is told so as %s expects', async (_what, method, path, body, status) => {
    const { url, reports } = await setUp()
    const headers = { 'Content-Type': 'application/json', Authorization: path === '/in/device' ? `Bearer ${KEY}` : '' }
    const reply = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) })
    expect([reply.status, reports.length]).toEqual([status, 0])
    expect((await reply.json()).error.code).toBe('unknown_device')
  })
})

describe('while Redis is away, or there is too much', () => {
  const error = (code: 'unavailable' | 'rate_limited') => ({
    intake: { report: async () => ({ error: wireError(code) }), waiting: () => 0 },
  })
  it('a device is told to come again', async () => {
    const { send, load } = await setUp(error('unavailable'))
    for (const name of ['traccar-8-android', 'traccar-9-android', 'owntracks-android-location', 'own-program']) {
      const { status, headers } = await send(load(name))
      expect([name, status, headers['retry-after']]).toEqual([name, 503, '5'])
    }
  })

  it('OwnTracks is never told 429, at which it would throw its message away', async () => {
    const { send, load } = await setUp(error('rate_limited'))
    expect((await send(load('traccar-8-android'))).status).toBe(429)
    const { status, headers } = await send(load('owntracks-ios-location'))
    expect([status, headers['retry-after']]).toEqual([503, '10'])
  })
})

describe('what the library refuses', () => {
  it('is taken all the same: a phone whose clock is wrong would send it for ever', async () => {
    const { send, load, state } = await setUp()
    state.heard = { accepted: 0, repeats: 0, refused: ['0:time'], open: 0 }
    for (const name of ['traccar-8-android', 'traccar-9-android', 'owntracks-android-location'])
      expect((await send(load(name))).status).toBe(200)
    const { body } = await send(load('own-program'))
    expect((JSON.parse(body) as DeviceReply).refused).toEqual(['0:time'])
  })
})

describe('what no door takes', () => {
  it.each([
    ['a compressed body', { 'Content-Encoding': 'gzip' }, 415],
    ['another charset', { 'Content-Type': 'application/json; charset=iso-8859-1' }, 415],
    ['a type that is none', { 'Content-Type': 'text/plain' }, 415],
  ])('%s', async (_what, headers, status) => {
    const { post, basic } = await setUp()
    expect((await post('/in/owntracks', location(), { ...basic, ...headers })).status).toBe(status)
  })

  it('a form in other letters, and one that is long', async () => {
    const { post, send, host } = await setUp()
    const type = 'application/x-www-form-urlencoded'
    const form = (charset: string, body = 'id=van-7') =>
      post(`/in/${KEY}`, body, { 'Content-Type': `${type}${charset}` })
    expect((await form('')).status).toBe(200)
    expect((await form('; charset=windows-1252')).status).toBe(415)
    const head = `POST /in/${KEY} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\n`
    expect((await send(`${head}Content-Length: ${256 * 1024 + 1}\r\n\r\n`)).status).toBe(413)
    expect((await form('', `id=van-7&x=${'x'.repeat(200 * 1024)}`)).status).toBe(200)
  })

  it('a body of unknown length', async () => {
    const { send, host } = await setUp()
    const head = `POST /in/${KEY} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
    expect((await send(`${head}2\r\n{}\r\n0\r\n\r\n`)).status).toBe(411)
  })

  it('other methods than there are', async () => {
    const { url } = await setUp()
    const status = async (path: string, method: string) => (await fetch(url + path, { method })).status
    expect([await status('/in/device', 'GET'), await status('/in/owntracks', 'GET')]).toEqual([405, 405])
    expect([await status(`/in/${KEY}`, 'PUT'), await status(`/in/${KEY}`, 'DELETE')]).toEqual([405, 405])
  })

  it('what has no key, or no device', async () => {
    const { url, post } = await setUp()
    expect((await fetch(`${url}/in?id=van-7`)).status).toBe(401)
    expect((await fetch(`${url}/in/?id=van-7&key=${KEY}`)).status).toBe(200)
    expect((await fetch(`${url}/in/${KEY}`)).status).toBe(400)
    expect((await post('/in/device', '{"id":"van-7"}')).status).toBe(401)
    expect((await post('/in/owntracks', location())).status).toBe(400)
    expect((await post(`/in/owntracks/${KEY}`, location({ topic: 'owntracks/ann/phone' }))).status).toBe(200)
  })
})

describe('OwnTracks', () => {
  it.each(['utf8', 'latin1'] as const)(
    'signs in by a name in letters of any alphabet, written as %s',
    async (encoding) => {
      const admitted: string[] = []
      const admit = async (id: string) => {
        admitted.push(id)
        return { id, keyed: 'hash' }
      }
      const { post } = await setUp({ doorkeeper: { admit } })
      const credentials = Buffer.from(`Zoë/phone:${KEY}`, encoding).toString('base64')
      expect((await post('/in/owntracks', location(), { Authorization: `Basic ${credentials}` })).status).toBe(200)
      expect(admitted).toEqual(['Zoë/phone'])
    },
  )

  it('is told what to do, and what it cannot do is refused in its name', async () => {
    const { post, basic, state, answers, reports } = await setUp()
    state.heard = { accepted: 1, repeats: 0, refused: [], open: 2 }
    state.sent = [sentOf('report_now'), sentOf('stop')]
    const reply = await post('/in/owntracks', location(), basic)
    expect(await reply.json()).toEqual([{ _type: 'cmd', action: 'reportLocation' }])
    expect(answers).toEqual([
      { id: 'van-7', answer: { id: 'c-stop', state: 'refused', reason: expect.stringContaining('OwnTracks') } },
    ])
    expect(reports[0]?.report.takes).toContain('report_now')
  })

  it('closes what it shows to have done, and nothing else', async () => {
    const { post, basic, state, answers, kept } = await setUp()
    const place = Math.floor(NOW / 1000)
    kept.push(commandOf('report_now', 'sent'), commandOf('report_now', 'queued'), commandOf('report_now', 'done'))
    kept.push(commandOf('go_to', 'unknown'), commandOf('go_to', 'sent', NOW + 5000), commandOf('stop', 'sent'))
    state.heard = { accepted: 1, repeats: 0, refused: [], open: null }
    await post('/in/owntracks', location({ t: 'u' }), basic)
    expect(answers).toEqual([])
    await post('/in/owntracks', location({ t: 'r' }), basic)
    await post('/in/owntracks', JSON.stringify({ _type: 'transition', event: 'leave', wtst: place }), basic)
    await post('/in/owntracks', JSON.stringify({ _type: 'transition', event: 'enter', wtst: place }), basic)
    expect(answers.map(({ answer }) => [answer.id, answer.state])).toEqual([
      ['c-report_now-sent', 'done'],
      ['c-go_to-unknown', 'done'],
    ])
  })

  it('sees its colleagues with each position, and does without where they cannot be had', async () => {
    const last = { id: 'b', n: 1, t: 1_718_000_000_000, lat: 48, lon: 16 }
    const asked: unknown[] = []
    let away = false
    const colleagues = async (...all: unknown[]) => {
      asked.push(all)
      if (away) throw new Error('Redis is away')
      return [{ id: 'b', tag: '-b', name: 'Bob', last }]
    }
    const { post, basic } = await setUp({ colleagues })
    const types = async (body: string) =>
      ((await (await post('/in/owntracks', body, basic)).json()) as { _type: string }[]).map(({ _type: type }) => type)
    expect(await types(location())).toEqual(['location', 'card'])
    expect(await types('{"_type":"card"}')).toEqual([])
    away = true
    expect(await types(location())).toEqual([])
    expect(asked[0]).toEqual(['van-7', expect.objectContaining({ lat: 48, lon: 16 })])
  })
})

describe('a program', () => {
  it('is given its commands and the time, and says what became of others first', async () => {
    const { send, load, state, answers, reports } = await setUp()
    state.heard = { accepted: 2, repeats: 0, refused: [], open: 1 }
    state.sent = [sentOf('message', { text: 'Hello' })]
    const { body } = await send(load('own-program'))
    expect(JSON.parse(body)).toEqual({ accepted: 2, repeats: 0, refused: [], at: NOW, commands: state.sent })
    expect(answers).toEqual([{ id: 'van-7', answer: { id: 'c-unknown', state: 'done' } }])
    expect(reports[0]?.report).toMatchObject({
      every: 10,
      takes: ['report_now', 'message'],
      attributes: { driver: 'Ann' },
    })
    expect(reports[0]?.report.fixes).toHaveLength(2)
  })

  it.each([
    ['no id', {}],
    ['too many fixes', { id: 'van-7', fixes: Array(201).fill({ t: 1, lat: 1, lon: 2 }) }],
    ['a fix without a place', { id: 'van-7', fixes: [{ t: 1 }] }],
    ['an answer of another kind', { id: 'van-7', answers: [{ id: 'c', state: 'cancelled' }] }],
  ])('is refused with %s', async (_what, body) => {
    const { post, reports } = await setUp()
    const reply = await post('/in/device', JSON.stringify(body), { Authorization: `Bearer ${KEY}` })
    expect([reply.status, reports.length]).toEqual([400, 0])
  })
})
