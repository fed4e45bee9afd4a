import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyMarket } from '../../../wire/candles.ts'
import type { Command, OrderUpdate } from '../../../wire/commands.ts'
import { conflateCell, conflateDevice, conflateMarket, conflateRegister } from '../../../wire/conflate.ts'
import { type CellUpdate, type DeviceUpdate, type Fix, isNewer } from '../../../wire/fleet.ts'
import { order } from '../../../wire/kinds/order.ts'
import type { SymbolSnapshot, SymbolUpdate, Trade } from '../../../wire/market.ts'
import type { RegisterUpdate } from '../../../wire/register.ts'

const START = Date.UTC(2026, 0, 1, 23, 50)
const EMPTY: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }

const trade = fc.record({
  id: fc.integer({ min: 1, max: 40 }),
  // Twenty minutes around midnight: several candles, two days; few times, so that trades meet.
  t: fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 1, 59_999)).map(([m, ms]) => START + m * 60_000 + ms),
  price: fc.integer({ min: 1, max: 1000 }),
  size: fc.integer({ min: 1, max: 100 }),
})
const quote = fc.record({ t: fc.nat(), bid: fc.nat(), bidSize: fc.nat(), ask: fc.nat(), askSize: fc.nat() })
const update: fc.Arbitrary<SymbolUpdate> = fc.record(
  { trades: fc.array(trade, { minLength: 1, maxLength: 5 }), quote },
  { requiredKeys: [] },
)
/** Each trade comes once. */
const updates = fc.array(update, { maxLength: 30 }).map((all) => {
  const seen = new Set<string>()
  const isNew = ({ id, t }: Trade): boolean => seen.size < seen.add(`${t} ${id}`).size
  return all.map(({ trades, ...more }): SymbolUpdate => ({ ...(trades && { trades: trades.filter(isNew) }), ...more }))
})

/** Cuts a list into runs of the given lengths. */
const cut = <T>(list: readonly T[], lengths: readonly number[]): T[][] => {
  const runs: T[][] = []
  let from = 0
  for (let i = 0; from < list.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    runs.push(list.slice(from, from + length))
    from += length
  }
  return runs
}
const lengths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })

it('gives the same candles, day, previous close, last trade and quote as the updates one by one, late trades and midnight included', () => {
  fc.assert(
    fc.property(updates, lengths, (all, runs) => {
      const whole = all.reduce(applyMarket, EMPTY)
      const conflated = cut(all, runs).map(conflateMarket).reduce(applyMarket, EMPTY)
      expect(conflated).toEqual(whole)
    }),
    { numRuns: 500 },
  )
})

it('takes candles that were told in place of trades, as the past does, with the trades around them', () => {
  fc.assert(
    fc.property(updates, lengths, (all, runs) => {
      const whole = all.reduce(applyMarket, EMPTY)
      // Every second run is candles already.
      const mixed = cut(all, runs).flatMap((run, i) => (i % 2 === 0 ? [conflateMarket(run)] : run))
      expect([conflateMarket(mixed)].reduce(applyMarket, EMPTY)).toEqual(whole)
    }),
    { numRuns: 200 },
  )
})

const fix: fc.Arbitrary<Fix> = fc.record({
  id: fc.constantFrom('A', 'B', 'C'),
  n: fc.integer({ min: 1, max: 50 }),
  t: fc.integer({ min: 1, max: 50 }),
  lat: fc.integer({ min: 0, max: 5 }),
  lon: fc.integer({ min: 0, max: 5 }),
})

/** The devices of one cell for a client by the book: ids and times decide. */
const applyCell = (shown: Map<string, Fix>, { fixes = [], left = [] }: CellUpdate): Map<string, Fix> => {
  const next = new Map(shown)
  for (const each of fixes) {
    const known = next.get(each.id)
    if (!known || isNewer(each, known)) next.set(each.id, each)
  }
  for (const gone of left) {
    const known = next.get(gone.id)
    if (known && !isNewer(known, gone)) next.delete(gone.id)
  }
  return next
}

it('leaves the same devices in a cell as the updates one by one', () => {
  // As a cell publishes: a device in it moves to something newer, or leaves and may come back later.
  const steps = fc.array(fc.record({ fix, leaves: fc.boolean() }), { maxLength: 40 })
  fc.assert(
    fc.property(steps, lengths, (all, runs) => {
      let clock = 0
      const inside = new Set<string>()
      const updates = all.map(({ fix: each, leaves }): CellUpdate => {
        const at = { ...each, t: ++clock, n: clock }
        if (!leaves || !inside.has(each.id)) {
          inside.add(each.id)
          return { fixes: [at] }
        }
        inside.delete(each.id)
        return { left: [{ id: each.id, t: at.t, n: at.n, to: null }] }
      })
      const whole = updates.reduce(applyCell, new Map())
      expect(cut(updates, runs).map(conflateCell).reduce(applyCell, new Map())).toEqual(whole)
      expect([...whole.keys()].sort()).toEqual([...inside].sort())
    }),
    { numRuns: 500 },
  )
})

it('keeps of the register what became of each device last', () => {
  const named = (id: string, name: string) => ({ id, name })
  const updates: RegisterUpdate[] = [
    { devices: [named('A', 'a'), named('B', 'b')] },
    { gone: ['A', 'C'] },
    { devices: [named('A', 'back')], gone: ['B'] },
    { devices: [{ id: 'D' }] },
  ]
  expect(conflateRegister(updates)).toEqual({ devices: [named('A', 'back'), { id: 'D' }], gone: ['C', 'B'] })
  expect(conflateRegister([{ gone: ['A'] }])).toEqual({ gone: ['A'] })
})

it('keeps the newest fix of a device, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fix, { minLength: 1 }), { minLength: 1 }), (batches) => {
      const { fixes = [] } = conflateDevice(batches.map((each) => ({ fixes: each })))
      const [newest] = batches.flat().sort((a, b) => (isNewer(a, b) ? -1 : 1))
      expect(fixes).toHaveLength(1)
      expect([fixes[0]?.t, fixes[0]?.n]).toEqual([newest?.t, newest?.n])
    }),
  )
})

it('keeps the newest fix that is not doubtful; a doubtful one only where there is no other', () => {
  const at = (n: number, doubtful?: true): Fix => ({ id: 'A', n, t: n, lat: 0, lon: 0, ...(doubtful && { doubtful }) })
  const numbers = (...updates: Fix[][]) => conflateDevice(updates.map((fixes) => ({ fixes }))).fixes?.map(({ n }) => n)
  expect(numbers([at(1)], [at(3, true), at(2)])).toEqual([2])
  expect(numbers([at(1, true)], [at(2, true)])).toEqual([2])
})

it('keeps of a device what was told of it last, and nothing of where an update stood', () => {
  const life = (heard: number) => ({ heard, every: heard })
  const command = (id: string, state: Command['state']) => ({ id, state }) as Command
  const head = (seq: number) => ({ topic: 'd:A', epoch: 'e', seq, after: seq - 2, at: seq })
  const updates: DeviceUpdate[] = [
    { ...head(1), life: life(1), keyed: 5 },
    { ...head(3), commands: [command('a', 'queued'), command('b', 'queued')] },
    { ...head(4), life: life(4) },
    { ...head(5), commands: [command('a', 'sent')] },
  ]
  const commands = [command('a', 'sent'), command('b', 'queued')]
  expect(conflateDevice(updates)).toEqual({ life: life(4), commands, keyed: 5 })
  expect(conflateDevice(updates.slice(1, 2))).toEqual({ commands: updates[1]?.commands })
  const ordered = [{ ...head(1), order: {}, counts: { queued: 2 } }, head(2), { ...head(3), counts: { sent: 2 } }]
  expect(order.conflate(ordered as OrderUpdate[])).toEqual({ order: {}, counts: { sent: 2 } })
})
