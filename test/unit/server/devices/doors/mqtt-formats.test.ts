import { describe, expect, it } from 'vitest'
import { createKnown } from '../../../../../server/devices/doors/known.ts'
import type { BrokerFormat } from '../../../../../server/devices/doors/mqtt-format.ts'
import { BROKER_FORMATS } from '../../../../../server/devices/doors/mqtt-formats.ts'
import type { Sent } from '../../../../../wire/commands.ts'

const [ownTracks, plain] = BROKER_FORMATS as [BrokerFormat, BrokerFormat]
const idOf = (topic: string) => BROKER_FORMATS.map((format) => format.idOf(topic)).find((id) => id !== null) ?? null
const sent = (kind: string, args: Sent['args'] = {}): Sent => ({ id: kind, kind, args, until: 1_790_000_000_000 })

it.each([
  ['owntracks/ann/phone', 'ann/phone'],
  ['watchfloor/VAN-7', 'VAN-7'],
  ['owntracks/ann', null],
  ['owntracks/ann/phone/cmd', null],
  ['watchfloor/VAN-7/commands', null],
  ['watchfloor/{VAN}', null],
  ['watchfloor/', null],
  ['else/VAN-7', null],
])('the topic %s is of the device %s', (topic, id) => {
  expect(idOf(topic)).toBe(id)
})

describe('OwnTracks', () => {
  const read = (message: object | string) =>
    ownTracks.read(typeof message === 'string' ? message : JSON.stringify(message))

  it('reports where it is, and which commands it takes', () => {
    expect(read({ _type: 'location', lat: 1, lon: 2, tst: 3 })).toMatchObject({
      report: { fixes: [{ t: 3000, lat: 1, lon: 2 }], takes: expect.arrayContaining(['report_now']) },
      isDone: null,
    })
  })

  it('shows by its answer that it was asked', () => {
    const told = read({ _type: 'location', lat: 1, lon: 2, tst: 3, t: 'r' })
    if ('wrong' in told) throw new Error(told.wrong)
    expect([told.isDone?.(sent('report_now')), told.isDone?.(sent('report_every'))]).toEqual([true, false])
  })

  it('was not heard where the broker says that it is gone', () => {
    expect(read({ _type: 'lwt', tst: 1 })).toEqual({ report: null, answers: [], isDone: null })
  })

  it('is told when it is encrypted, and when it is no JSON', () => {
    expect(read({ _type: 'encrypted', data: 'x' })).toEqual({ wrong: expect.stringContaining('encrypted') })
    expect(read('{')).toEqual({ wrong: expect.any(String) })
  })

  it('gets each command as a message of its own, and refuses what it cannot do', () => {
    const { messages, refused } = ownTracks.write('owntracks/ann/phone', [sent('report_now'), sent('unlock')], 0)
    expect(messages).toEqual([
      {
        topic: 'owntracks/ann/phone/cmd',
        payload: '{"_type":"cmd","action":"reportLocation"}',
        until: 1_790_000_000_000,
      },
    ])
    expect(refused).toMatchObject([{ id: 'unlock', state: 'refused' }])
  })
})

describe('our own JSON', () => {
  it('is a report with answers', () => {
    const text = JSON.stringify({ fixes: [{ t: 1, lat: 2, lon: 3 }], answers: [{ id: 'c1', state: 'done' }], every: 5 })
    expect(plain.read(text)).toEqual({
      report: { fixes: [{ t: 1, lat: 2, lon: 3 }], every: 5 },
      answers: [{ id: 'c1', state: 'done' }],
      isDone: null,
    })
  })

  it.each(['', '[]', '7', '{"fixes":{}}', '{"answers":[{"id":"c1","state":"sent"}]}', '{"fixes":[{"t":"now"}]}'])(
    'cannot be %s',
    (text) => {
      expect(plain.read(text)).toEqual({ wrong: expect.any(String) })
    },
  )

  it('gets all commands in one message, with the clock of the floor', () => {
    const commands = [sent('stop'), { ...sent('message'), until: 5 }]
    const { messages } = plain.write('watchfloor/VAN-7', commands, 99)
    expect(messages).toEqual([
      { topic: 'watchfloor/VAN-7/commands', payload: JSON.stringify({ at: 99, commands }), until: 1_790_000_000_000 },
    ])
    expect(plain.write('watchfloor/VAN-7', [], 99)).toEqual({ messages: [], refused: [] })
  })
})

it('a device is looked up once in a while, one that was not there sooner', async () => {
  let now = 0
  const asked: string[] = []
  const isKnown = createKnown(
    async (id) => {
      asked.push(id)
      return id === 'there'
    },
    () => now,
  )
  const both = () => Promise.all([isKnown('there'), isKnown('not')])
  for (const at of [0, 1000, 6000, 59_000, 61_000]) {
    now = at
    expect(await both()).toEqual([true, false])
  }
  expect(asked).toEqual(['there', 'not', 'not', 'not', 'there'])
})
