import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyMarket } from '../../../wire/candles.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Candle, SymbolSnapshot } from '../../../wire/market.ts'
import type { Cursor, Update } from '../../../wire/protocol.ts'
import { symbolTopic, type Topic, topicPart } from '../../../wire/topics.ts'
import { expectCandles, expectState } from '../../unit/wire/close.ts'
import { expectedOf } from '../../unit/wire/market-model.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { createTaker, type Item, marketCall, marketCalls, type Taken } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

type Start = { cursor: Cursor; snapshot: SymbolSnapshot }
type Played = { topic: Topic; starts: Start[]; end: Start; taken: Taken[]; updates: Update[] }

/** Makes the calls on a new symbol, and checks each answer against the model. `starts`: the state before each call. */
const play = async (calls: readonly Item[][]): Promise<Played> => {
  const symbol = floor.fresh('MIX')
  const topic = symbolTopic(symbol)
  const listener = await floor.listen(topic)
  const take = createTaker()
  const taken: Taken[] = []
  const starts: Start[] = []
  let seq = 0
  for (const items of calls) {
    starts.push(await floor.snapshot<SymbolSnapshot>(topic))
    const reply = toReply(await floor.run(marketCall(symbol, items)))
    const wanted = take(items)
    if (wanted.accepted > 0) seq++
    const { accepted, repeats, refused: rest } = wanted
    expect(reply).toEqual({
      seq,
      epoch: expect.stringMatching(seq === 0 && wanted.accepted === 0 ? /^$/ : /^[0-9a-f]+$/),
      accepted,
      repeats,
      rest,
    })
    taken.push(wanted)
  }
  const updates = await listener.updates()
  await listener.stop()
  return { topic, starts, end: await floor.snapshot<SymbolSnapshot>(topic), taken, updates }
}

const expectPublished = ({ topic, end, taken, updates }: Played): void => {
  const wanted = taken.filter(({ accepted }) => accepted > 0)
  expect(updates).toEqual(
    wanted.map(({ trades, quote }, i) => ({
      topic,
      epoch: end.cursor.epoch,
      seq: i + 1,
      at: expect.any(Number),
      ...(trades.length > 0 && { trades }),
      ...(quote && { quote }),
    })),
  )
  expect(end.cursor.seq).toBe(wanted.length)
}

/** The log: the text of each update that has trades, under its number. */
const expectLogged = async ({ topic, updates }: Played): Promise<void> => {
  const entries = await floor.redis.xrange(topicPart(topic, 'log'), '-', '+')
  const logged = entries.map(([id, [, text = '']]) => [id, JSON.parse(text)])
  expect(logged).toEqual(updates.filter(({ trades }) => trades).map((update) => [`${update.seq}-0`, update]))
}

const expectStored = async ({ topic, end, taken }: Played): Promise<void> => {
  const wanted = expectedOf(
    taken.flatMap(({ trades }) => trades),
    taken.findLast(({ quote }) => quote)?.quote ?? null,
  )
  expectState(end.snapshot, wanted)
  const minutes = await floor.redis.hgetall(topicPart(topic, '1m'))
  const candles = Object.values(minutes).map((text) => JSON.parse(text) as Candle)
  expectCandles(
    candles.sort((a, b) => a.t - b.t),
    wanted.minutes,
  )
  for (const { t } of candles) expect(minutes).toHaveProperty(String(t))
}

test('whatever comes in whatever order: Redis holds, logs and publishes what all distinct trades make', async () => {
  await fc.assert(
    fc.asyncProperty(marketCalls, async (calls) => {
      const played = await play(calls)
      expectPublished(played)
      await expectLogged(played)
      await expectStored(played)
    }),
    { numRuns: 150 },
  )
})

/** What a client has that folds updates into a snapshot by the rule of cursors. */
const follow = (start: Start, updates: readonly Update[]): Start =>
  updates.reduce<Start>((own, update) => {
    const stands = standing(own.cursor, update)
    if (stands === 'repeat') return own
    expect(stands).toBe('next')
    const { epoch, seq } = update
    return { cursor: { epoch, seq }, snapshot: applyMarket(own.snapshot, update) }
  }, start)

const expectSame = (actual: Start, wanted: Start): void => {
  if (wanted.cursor.seq > 0) expect(actual.cursor).toEqual(wanted.cursor)
  expectState(actual.snapshot, wanted.snapshot)
}

test('from any snapshot, the published updates or a replay lead to the state that Redis holds', async () => {
  await fc.assert(
    fc.asyncProperty(marketCalls, async (calls) => {
      const { topic, starts, end, updates } = await play(calls)
      for (const start of starts) {
        expectSame(follow(start, updates), end)
        const answer = await floor.read<SymbolSnapshot>(topic, start.cursor)
        if (start.cursor.epoch === '') expect(answer.kind).toBe('snapshot')
        else if (start.cursor.seq === end.cursor.seq) expect(answer).toEqual({ kind: 'current', cursor: end.cursor })
        else if (answer.kind !== 'replay') expect(answer.kind).toBe('replay')
        else {
          expect(answer.cursor).toEqual(end.cursor)
          for (const { seq, after } of answer.updates) expect(after ?? -1).not.toBe(seq - 1)
          expectSame(follow(start, answer.updates), end)
        }
      }
    }),
    { numRuns: 150 },
  )
})
