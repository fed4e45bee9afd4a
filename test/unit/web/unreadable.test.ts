import { describe, expect, test } from 'vitest'
import { createChart } from '../../../web/state/chart.ts'
import { createDeskStores } from '../../../web/state/desk/stores.ts'
import { createDispatch } from '../../../web/state/dispatch.ts'
import { createFleet } from '../../../web/state/fleet.ts'
import { createFrames } from '../../../web/state/frames.ts'
import { createGroups } from '../../../web/state/groups.ts'
import { createKindStores } from '../../../web/state/kinds/kinds.ts'
import { createLink } from '../../../web/state/link.ts'
import { createMarket } from '../../../web/state/market.ts'
import { createOrders } from '../../../web/state/orders.ts'
import { createSelection } from '../../../web/state/selection.ts'
import { createWatches } from '../../../web/state/watches.ts'
import type { Update, WatchResult } from '../../../wire/protocol.ts'
import { snapshot, update } from './answers.ts'

describe('what cannot be taken in', () => {
  const T = Date.UTC(2026, 0, 1)
  const stores = () => {
    const reported: unknown[] = []
    const frames = createFrames(
      () => {},
      (error) => reported.push(error),
    )
    const market = createMarket(frames.wake)
    const link = createLink(() => T)
    const chart = createChart(async () => new Promise<never>(() => {}), frames.wake)
    const fleet = createFleet(frames.wake)
    const selection = createSelection(async () => new Promise<never>(() => {}), frames.wake)
    const groups = createGroups({ groupsOff: { get: () => [], set: () => {} } })
    const own = { orders: createOrders(), deskStores: createDeskStores() }
    const kinds = createKindStores({ market, chart, fleet, groups, selection, ...own })
    const emit = createDispatch({ kinds, link, now: () => T, steady: () => 0 })
    const watches = createWatches(
      emit,
      () => {},
      (error) => reported.push(error),
    )
    watches.want('s:BAD')
    watches.want('s:GOOD')
    watches.request()
    watches.answer({ results: [snapshot('s:BAD', 1), snapshot('s:GOOD', 1)] })
    return { watches, market, reported }
  }
  const wrong = (fields: object, seq = 2): Update => ({ ...update('s:BAD', seq), ...fields }) as Update
  const good = (seq: number): Update => ({ ...update('s:GOOD', seq), trades: [{ id: seq, t: T, price: seq, size: 1 }] })

  test.each(
    [{ trades: 5 }, { trades: [null] }, { candles: [5] }, { candles: 7 }, { trades: 'abc' }].map((fields) => [fields]),
  )('%j costs its own topic: it is asked for in full, the others go on', (fields) => {
    const { watches, market, reported } = stores()
    watches.receive([wrong(fields), good(2), wrong(fields, 3), good(3)])
    expect(watches.request()).toEqual({ topics: [{ topic: 's:BAD' }] })
    expect(market.entry('GOOD').state.last?.price).toBe(3)
    expect(reported).toHaveLength(1)
    watches.answer({ results: [snapshot('s:BAD', 3)] })
    expect(watches.request()).toBeNull()
    expect(watches.cursor('s:BAD')).toEqual({ epoch: 'a', seq: 3 })
  })

  test('is asked for a few times and then left alone, until it is wanted again', () => {
    const { watches, market } = stores()
    const bad = { ...snapshot('s:BAD', 3), snapshot: null } as unknown as WatchResult
    watches.receive([wrong({ trades: 5 })])
    let asked = 0
    while (asked < 100 && watches.request() !== null) {
      asked++
      watches.answer({ results: [bad] })
    }
    expect(asked).toBe(2)
    market.flush()
    expect(market.entry('BAD').quoted.value.refused).toBe('The data for this can’t be read.')
    watches.want('s:BAD')
    expect(watches.request()).toEqual({ topics: [{ topic: 's:BAD' }] })
    watches.answer({ results: [snapshot('s:BAD', 4)] })
    market.flush()
    expect(market.entry('BAD').quoted.value.refused).toBeNull()
  })

  test('a price that cannot be shown costs its own row', () => {
    const { watches, market } = stores()
    const trades = [{ id: 1, t: T, price: {} as number, size: 1 }]
    watches.receive([wrong({ trades }), good(2)])
    market.flush()
    market.flush()
    expect(market.entry('GOOD').quoted.value.last).toBe(2)
  })

  test('a drawing that throws keeps no other from being drawn', () => {
    let frame = (_steady: number): void => {}
    const reported: unknown[] = []
    const frames = createFrames(
      (draw) => {
        frame = draw
      },
      (error) => reported.push(error),
    )
    let drawn = 0
    frames.add(() => {
      throw new Error('no')
    })
    frames.add(() => void drawn++)
    frame(0)
    frames.wake()
    frame(1)
    expect([drawn, reported.length]).toEqual([2, 2])
  })
})
