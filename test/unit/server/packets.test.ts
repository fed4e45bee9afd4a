import { describe, expect, it } from 'vitest'
import { Written } from '../../../server/live/bytes.ts'
import { createParser } from '../../../server/sockets/packets.ts'

const HEARD = {
  '/': { auth: ['token'], events: ['watch'] },
  '/device': { auth: ['id', 'key'], events: ['report', 'answer'] },
  '/past': { auth: ['token'], numbers: ['at'], events: ['clock'] },
}

/** What comes of texts that one connection sends: packets, and whether it was ended. */
const read = (...texts: unknown[]) => {
  let refused = 0
  const packets: unknown[] = []
  const decoder = new (createParser(HEARD, () => refused++).Decoder)()
  decoder.on('decoded', (packet) => packets.push(packet))
  for (const text of texts) {
    try {
      decoder.add(text)
    } catch {
      return { packets, refused }
    }
  }
  return { packets, refused }
}
const JOIN = '0/device,{"id":"VAN-8","key":"k"}'
const joined = { type: 0, nsp: '/device', data: { id: 'VAN-8', key: 'k' } }

describe('what a connection sends', () => {
  it('joins one namespace, and sends its events', () => {
    expect(read('0', '2["watch",{}]')).toEqual({
      packets: [
        { type: 0, nsp: '/' },
        { type: 2, nsp: '/', data: ['watch', {}] },
      ],
      refused: 0,
    })
    expect(read('0/past,{"at":7,"other":[]}').packets).toEqual([
      { type: 0, nsp: '/past', data: { at: 7, token: undefined } },
    ])
    expect(read('0/past,{"at":"7"}').refused).toBe(1)
    expect(read('0/past,{"token":7}').refused).toBe(1)
    expect(read(JOIN, '2/device,7["report",{"fixes":[]}]', '1/device,').packets).toEqual([
      joined,
      { type: 2, nsp: '/device', id: 7, data: ['report', { fixes: [] }] },
      { type: 1, nsp: '/device' },
    ])
  })

  it('tells of itself what is asked for in that namespace, and nothing else', () => {
    expect(read('0/device,{"id":"a","key":"b","token":"c","pid":"d"}').packets).toEqual([
      { type: 0, nsp: '/device', data: { id: 'a', key: 'b' } },
    ])
    expect(read('0{"token":"c","id":"a"}').packets).toEqual([{ type: 0, nsp: '/', data: { token: 'c' } }])
    expect(read('0/device,').packets).toEqual([{ type: 0, nsp: '/device' }])
    expect(read('0/device,{"__proto__":{"id":"a"}}').packets).toEqual([{ type: 0, nsp: '/device', data: {} }])
  })

  it.each([
    ['events of another namespace are dropped unread', [JOIN, '2/device,["watch",{]'], 1, 0],
    ['an event before joining', ['2/device,["report",{}]'], 0, 1],
    ['an event of the namespace that was not joined', [JOIN, '2["watch",{}]'], 1, 1],
    ['the same the other way', ['0', '2/device,["report",{}]'], 1, 1],
    ['joining both', ['0', JOIN], 1, 1],
    ['joining both the other way', [JOIN, '0'], 1, 1],
    ['joining twice', [JOIN, JOIN], 1, 1],
    ['joining another', ['0/admin,'], 0, 1],
    ['joining one with a query', ['0/device?id=a,'], 0, 1],
    ['joining without the comma', ['0/device'], 0, 1],
    ['an id that is no text', ['0/device,{"id":{"length":1e9},"key":"k"}'], 0, 1],
    ['a key of 5,000 letters', [`0/device,{"id":"a","key":"${'x'.repeat(5000)}"}`], 0, 1],
    ['an event after leaving', [JOIN, '1/device,', '2/device,["report",{}]'], 2, 1],
    ['joining again after leaving', [JOIN, '1/device,', JOIN], 2, 1],
    ['leaving what was not joined', [JOIN, '1'], 1, 1],
    ['leaving with something behind', [JOIN, '1/device,x'], 1, 1],
    ['two arguments', [JOIN, '2/device,["report",{},{}]'], 1, 1],
    ['an answer that nobody asked for', [JOIN, '3/device,0[1]'], 1, 1],
    ['bytes', [JOIN, Buffer.from('2')], 1, 1],
  ])('%s', (_, texts, packets, refused) => {
    const seen = read(...texts)
    expect([seen.packets.length, seen.refused]).toEqual([packets, refused])
  })
})

it('packets are written for their namespace', () => {
  const encoder = new (createParser(HEARD, () => {}).Encoder)()
  expect(encoder.encode({ type: 0, nsp: '/', data: { sid: 'a' } })).toEqual(['0{"sid":"a"}'])
  expect(encoder.encode({ type: 2, nsp: '/device', data: ['hello', {}] })).toEqual(['2/device,["hello",{}]'])
  expect(encoder.encode({ type: 3, nsp: '/device', id: 4, data: [{}] })).toEqual(['3/device,4[{}]'])
  expect(encoder.encode({ type: 3, nsp: '/', id: 4, data: [new Written({}, '{"a":1}')] })).toEqual(['34[{"a":1}]'])
})
