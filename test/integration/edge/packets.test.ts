import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { connectRaw, type RawClient } from '../../support/raw-client.ts'
import { frame, joinRaw, OPCODE, openRaw, openWebSocket, type RawSocket, upgrade } from '../../support/raw-socket.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

/** Whatever a stranger sends ends that connection at the most: a client that is there all the while notices nothing. */

let redis: TestRedis
let node: TestNode
let witness: RawClient

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url })
  witness = await connectRaw(node.url)
})
afterAll(async () => {
  witness.close()
  await node.stop()
  await redis.stop()
})
afterEach(async () => {
  expect(await witness.ask('unwatch', { topics: [] })).toEqual({ results: [] })
  expect(witness.isOpen()).toBe(true)
})

const event = (...args: unknown[]): string => `42${JSON.stringify(args)}`
const zeros = (count: number): number[] => Array<number>(count).fill(0)
const refusedPackets = async (): Promise<number> =>
  (await scrape(node.url)).value('watchfloor_terminated_clients_total', { reason: 'packet' })

it.each([
  ['100,000 arguments', event('x', ...zeros(100_000)), 'ignored'],
  ['100,000 arguments of an event that there is', event('watch', ...zeros(100_000)), 'ended'],
  ['two arguments', event('watch', {}, {}), 'ended'],
  ['an event that is no JSON', '42["watch",{]', 'ended'],
  ['an event without a name', '42[]', 'ended'],
  ['a number for a name', '42[1]', 'ended'],
  ['an object for an event', '42{"length":1e9}', 'ended'],
  ['brackets without end', `42${'['.repeat(200_000)}`, 'ended'],
  ['brackets without end in an argument', `42["watch",${'['.repeat(200_000)}`, 'ended'],
  ['a huge number for the answer', `42${'9'.repeat(400)}["watch",{}]`, 'ended'],
  ['a binary event', '451-["watch",{"_placeholder":true,"num":0}]', 'ended'],
  ['a binary event of a million parts', '451000000-["watch"]', 'ended'],
  ['an answer that nobody asked for', '430[1]', 'ended'],
  ['a binary answer', '461-0[1]', 'ended'],
  ['an error', '44{"message":"x"}', 'ended'],
  ['another namespace', '40/admin,', 'ended'],
  ['an event of another namespace', '42/admin,["watch",{}]', 'ended'],
  ['joining twice', '40', 'ended'],
  ['a packet of no known kind', '49', 'ended'],
  ['a message without a packet', '4', 'ended'],
  ['a ping, which only nodes send', '2', 'ended'],
  ['no message at all', 'x', 'ended'],
  ['nothing', '', 'ended'],
  ['a text that stands for bytes', 'bAAAA', 'ended'],
  ...[
    'connect',
    'disconnect',
    'disconnecting',
    'error',
    'newListener',
    'removeListener',
    '__proto__',
    'constructor',
  ].map((name) => [`an event called ${name}`, event(name, {}), 'ignored'] as const),
  ['a name in other letters', '42["w\\u0061tch",{}]', 'ignored'],
  ['a pong that nobody asked for', '3', 'ignored'],
  ['a probe', '2probe', 'ended'],
] as const)('%s', async (_, packet, fate) => {
  const socket = await joinRaw(node.port)
  socket.send(frame(packet))
  if (fate === 'ended') await socket.closed()
  else {
    socket.send(frame('427["unwatch",{"topics":[]}]'))
    await eventually('an answer', () => socket.text().includes('437[{"results":[]}]'))
    socket.end()
  }
})

it.each([
  ['a binary frame', frame(Buffer.alloc(1000), OPCODE.binary)],
  ['what is no UTF-8', frame(Buffer.from([0x34, 0x32, 0xff, 0xfe]))],
  ['a frame without a mask', Buffer.from([0x81, 0x02, 0x34, 0x30])],
  ['a frame of 2^60 bytes', Buffer.from([0x81, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ['a frame of more than maxPayload', frame('x'.repeat(512 * 1024 + 1))],
  ['a compressed frame', Buffer.from([0xc1, 0x82, 0, 0, 0, 0, 0x34, 0x30])],
  ['a continuation of nothing', frame('x', OPCODE.more)],
  ['an opcode that there is not', frame('x', 5)],
  ['a ping in two parts', frame('x', OPCODE.ping, false)],
  ['a close of one byte', frame('x', OPCODE.close)],
  ['a close with a code that there is not', frame(Buffer.from([0, 1]), OPCODE.close)],
  ['a close with letters that there are not', frame(Buffer.from([3, 232, 0xff]), OPCODE.close)],
  ['frames after a close', Buffer.concat([frame('', OPCODE.close), frame('42["watch",{}]'), frame('x', 5)])],
  [
    '20,000 empty parts',
    Buffer.concat(zeros(20_000).map((_, i) => frame('', i === 0 ? OPCODE.text : OPCODE.more, false))),
  ],
])('as a frame: %s', async (_, bytes) => {
  const socket = await joinRaw(node.port)
  socket.send(bytes)
  await socket.closed()
})

it.each([
  ['an event before joining', '42["watch",{}]'],
  ['leaving before joining', '41'],
  ['joining another namespace', '40/admin,'],
  ['joining with 500 KB of whom it claims to be', `40${JSON.stringify({ token: 'x'.repeat(500_000) })}`],
  ['joining with what is no object', '40[1]'],
  ['joining with what is no JSON', '40{"token":'],
  ['joining with a token that is no text', '40{"token":{"length":1e9}}'],
  ['joining with a token of nobody', '40{"token":"x"}'],
])('%s', async (_, packet) => {
  const socket = await openWebSocket(node.port)
  socket.send(frame(packet))
  await socket.closed()
  expect(socket.text()).not.toContain('hello')
})

it('of what a client says of itself nothing but a token is read', async () => {
  const socket = await openWebSocket(node.port)
  socket.send(frame('40{"pid":"y","offset":"z","__proto__":{"a":1}}'))
  await eventually('a hello', () => socket.text().includes('42["hello"'))
  socket.end()
})

it('joining twice at once opens one session, and ends it', async () => {
  const before = await refusedPackets()
  const socket = await openWebSocket(node.port)
  socket.send(Buffer.concat([frame('40'), frame('40')]))
  await socket.closed()
  expect(socket.text().split('42["hello"').length).toBeLessThan(3)
  expect(await refusedPackets()).toBeGreaterThan(before)
})

const status = async (socket: RawSocket): Promise<string> => {
  await socket.closed()
  return socket.text().split(' ')[1] ?? ''
}

// At the same time: some connections end only once nothing more is asked on them.
it.concurrent.each([
  ['another path', upgrade('/nothing'), '404'],
  ['a path that only begins alike', upgrade('/socket.iox/?EIO=4&transport=websocket'), '404'],
  ['what is no path', upgrade('http://[/socket.io/'), '404'],
  ['an older protocol', upgrade('/socket.io/?EIO=3&transport=websocket'), '400'],
  ['polling', upgrade('/socket.io/?EIO=4&transport=polling'), '400'],
  ['a transport of the prototype', upgrade('/socket.io/?EIO=4&transport=__proto__'), '400'],
  ['a session of somebody', upgrade('/socket.io/?EIO=4&transport=websocket&sid=abc'), '400'],
  ['no key', upgrade(undefined, { 'Sec-WebSocket-Key': 'x' }), '400'],
  ['another version', upgrade(undefined, { 'Sec-WebSocket-Version': '7' }), '400'],
  ['something else than a WebSocket', upgrade(undefined, { Upgrade: 'h2c' }), '400'],
  ['another method', upgrade().replace('GET', 'POST'), '405'],
  ['a page that may not', upgrade(undefined, { Origin: 'https://evil.example' }), '403'],
])('a request to upgrade with %s is turned away', async (_, request, expected) => {
  const socket = await openRaw(node.port)
  socket.send(request)
  expect(await status(socket)).toBe(expected)
})

it.each([
  ['a body', upgrade(undefined, { 'Content-Length': '8' })],
  ['frames right behind it', upgrade()],
])('a request to upgrade with %s ends that connection at the most', async (_, request) => {
  const socket = await openRaw(node.port)
  socket.send(Buffer.concat([Buffer.from(request), frame('40'), frame('x', 5)]))
  await socket.closed()
})

it('Socket.IO answers no plain requests', async () => {
  const response = await fetch(`${node.url}/socket.io/?EIO=4&transport=polling`)
  expect([response.status, (await response.json()).error.code]).toEqual([400, 'bad_request'])
})

it('a connection that is reset in the middle of anything harms nobody', async () => {
  for (const bytes of [upgrade().slice(0, 40), upgrade(), upgrade('/'), 'x'.repeat(10_000)]) {
    const socket = await openRaw(node.port)
    socket.send(bytes)
    socket.end()
  }
})
