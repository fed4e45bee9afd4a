import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createInsist } from '../../../../../server/devices/doors/insist.ts'
import type { BrokerFormat } from '../../../../../server/devices/doors/mqtt-format.ts'
import { createMqttTake } from '../../../../../server/devices/doors/mqtt-take.ts'
import { wireError } from '../../../../../server/live/requests.ts'
import type { Sent } from '../../../../../wire/commands.ts'
import type { Answer, Report } from '../../../../../wire/devices.ts'

const NOW = 1_700_000_000_000
const STOP: Sent = { id: 'c1', kind: 'stop', args: {}, until: 9000 }
const FLY: Sent = { ...STOP, id: 'c2', kind: 'fly' }

/** Devices that publish `{report, answers}` at `test/ID`, and listen at `test/ID/commands`. */
const FORMAT: BrokerFormat = {
  topics: 'test/+',
  idOf: (topic) => /^test\/([^/]+)$/.exec(topic)?.[1] ?? null,
  read: (text) => {
    if (!text.startsWith('{')) return { wrong: 'no JSON' }
    const { done, ...told } = JSON.parse(text)
    return { ...told, isDone: done ? ({ kind }: { kind: string }) => kind === done : null }
  },
  write: (topic, commands, at) => ({
    messages: commands
      .filter(({ kind }) => kind === 'stop')
      .map(({ id, until }) => ({ topic: `${topic}/commands`, payload: `${id} at ${at}`, until })),
    refused: commands.filter(({ kind }) => kind !== 'stop').map(({ id }) => ({ id, state: 'refused' })),
  }),
}

const stage = ({ open = 1, known = ['van'] } = {}) => {
  const reports: { id: string; report: Report }[] = []
  const answers: Answer[] = []
  const drops: string[] = []
  const closed: boolean[] = []
  let failing: 'unavailable' | 'rate_limited' | null = null
  let tries = 0
  let looked = 0
  let isOver = false
  const reply = <T extends object>(value: T) => {
    tries++
    return failing === null ? value : { error: wireError(failing) }
  }
  const take = createMqttTake(
    {
      formats: [FORMAT],
      intake: {
        report: async (id, report) => {
          if (failing === null) reports.push({ id, report })
          return reply({ accepted: 0, repeats: 0, refused: [], open })
        },
      },
      answering: async (_id, answer) => {
        answers.push(answer)
        return { done: true }
      },
      signOfLife: async () => {
        looked++
        return [STOP, FLY]
      },
      close: async (_id, isDone) => {
        tries++
        if (failing !== null) throw new Error('Connection is closed.')
        closed.push(isDone({ kind: 'go_to', until: 1 }))
      },
      isKnown: async (id) => known.includes(id),
      insist: createInsist({
        wait: async () => {
          if (tries > 5) failing = null
        },
        clock: () => 0,
      }),
      dropped: (why) => drops.push(why),
      log: pino({ level: 'silent' }),
      now: () => NOW,
      clock: () => 0,
    },
    () => isOver,
  )
  return {
    take: (topic: string, told: object | string, isOld = false) =>
      take({ topic, text: typeof told === 'string' ? told : JSON.stringify({ answers: [], ...told }), isOld }),
    reports,
    answers,
    drops,
    closed,
    looked: () => looked,
    fail: (how: typeof failing) => {
      failing = how
    },
    end: () => {
      isOver = true
    },
  }
}

describe('messages of a broker', () => {
  it('reports what a device says, and gives it its commands', async () => {
    const { take, reports, answers } = stage()
    const report = { fixes: [{ t: 1, lat: 2, lon: 3 }] }
    expect(await take('test/van', { report })).toEqual([
      { topic: 'test/van/commands', payload: `c1 at ${NOW}`, until: 9000 },
    ])
    expect(reports).toEqual([{ id: 'van', report }])
    // What it cannot do is refused in its name.
    expect(answers).toEqual([{ id: 'c2', state: 'refused' }])
  })

  it('closes commands that a message shows to be carried out, once Redis can be asked', async () => {
    const { take, fail, closed } = stage()
    fail('unavailable')
    await take('test/van', { report: {}, done: 'go_to' })
    expect(closed).toEqual([true])
  })

  it('looks for no commands where none is open, nor for a message that the broker had kept', async () => {
    const closed = stage({ open: 0 })
    expect([await closed.take('test/van', { report: {} }), closed.looked()]).toEqual([[], 0])
    const old = stage()
    const report = { fixes: [{ t: NOW - 60_000, lat: 2, lon: 3 }] }
    expect([await old.take('test/van', { report }, true), old.looked(), old.reports.length]).toEqual([[], 0, 1])
  })

  it('drops what the broker has kept for long, which would make a silent device heard just now', async () => {
    const { take, reports, drops } = stage()
    const longAgo = { fixes: [{ t: NOW - 16 * 60_000, lat: 2, lon: 3 }] }
    for (const report of [longAgo, {}]) expect(await take('test/van', { report }, true)).toEqual([])
    expect([reports, drops]).toEqual([[], []])
    await take('test/van', { report: longAgo })
    expect(reports.length).toBe(1)
  })

  it('takes answers, and counts what is not from the device itself for nothing', async () => {
    const { take, reports, answers, looked } = stage()
    await take('test/van', { report: null, answers: [{ id: 'c1', state: 'done' }] })
    expect([answers, reports, looked()]).toEqual([[{ id: 'c1', state: 'done' }], [], 0])
  })

  it.each([
    ['of a device that nobody added', 'test/ghost', { report: {} }, 'mqtt_unknown'],
    ['at another topic', 'other/van', { report: {} }, 'mqtt_malformed'],
    ['that cannot be read', 'test/van', 'nonsense', 'mqtt_malformed'],
  ])('drops a message %s, and counts it', async (_, topic, told, why) => {
    const { take, reports, drops } = stage()
    expect(await take(topic, told)).toEqual([])
    expect([reports, drops]).toEqual([[], [why]])
  })

  it('waits while Redis is away', async () => {
    const { take, fail, reports, drops } = stage()
    fail('unavailable')
    await take('test/van', { report: {} })
    expect([reports.length, drops]).toEqual([1, []])
  })

  it('drops what a device says too often, for others would wait for it', async () => {
    const { take, fail, reports, drops } = stage()
    fail('rate_limited')
    await take('test/van', { report: {} })
    expect([reports, drops]).toEqual([[], ['mqtt_refused']])
  })

  it('lets go of what waits when nobody wants it any more', async () => {
    const { take, fail, end, drops } = stage()
    fail('unavailable')
    end()
    expect([await take('test/van', { report: {} }), drops]).toEqual([[], []])
  })
})
