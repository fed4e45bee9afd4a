import { describe, expect, test } from 'vitest'
import { NO_VIEW, type ViewState } from '../../../web/state/view.ts'
import type { WatchEvent } from '../../../web/state/watch.ts'
import { createWatches } from '../../../web/state/watches.ts'
import { cellsCovering, quadkeyOfCell } from '../../../wire/cells.ts'
import { cellTopic } from '../../../wire/topics.ts'
import { snapshot, update } from './answers.ts'

const VIEW = { west: -97.75, south: 30.26, east: -97.74, north: 30.27 }
const CELLS = cellsCovering(VIEW) ?? []

const setUp = () => {
  const events: WatchEvent[] = []
  const views: ViewState[] = []
  const watches = createWatches(
    (event) => void events.push(event),
    (view) => void views.push(view),
  )
  const kinds = () => events.map((event) => (event.kind === 'update' ? `update ${event.update.topic}` : event.kind))
  return { watches, events, views, kinds }
}
const coveredBy = (cells: readonly string[], seq = 1) => ({
  results: cells.map((cell) => snapshot(cellTopic(cell), seq)),
  view: { cells: [...cells], groups: ['other'] },
})

describe('what is asked for', () => {
  test('is one message, and nothing when nothing is new', () => {
    const { watches } = setUp()
    watches.want('s:AAPL')
    watches.want('s:MSFT')
    watches.look(VIEW)
    expect(watches.request()).toEqual({
      topics: [{ topic: 's:AAPL' }, { topic: 's:MSFT' }],
      view: { bounds: VIEW, cursors: {} },
    })
    expect(watches.request()).toBeNull()
  })

  test('is everything after a reconnect, with every cursor', () => {
    const { watches } = setUp()
    watches.want('s:AAPL')
    watches.look(VIEW)
    watches.request()
    watches.answer({ ...coveredBy(CELLS, 3), results: [snapshot('s:AAPL', 7), ...coveredBy(CELLS, 3).results] })
    watches.askAll()
    expect(watches.request()).toEqual({
      topics: [{ topic: 's:AAPL', cursor: { epoch: 'a', seq: 7 } }],
      view: {
        bounds: VIEW,
        cursors: Object.fromEntries(CELLS.map((cell) => [cellTopic(cell), { epoch: 'a', seq: 3 }])),
      },
    })
  })

  test('is the lost topic alone at a gap, a cell by its cursor in the view', () => {
    const { watches } = setUp()
    watches.want('s:AAPL')
    watches.want('s:MSFT')
    watches.look(VIEW)
    watches.request()
    watches.answer({
      view: { cells: CELLS, groups: ['other'] },
      results: [snapshot('s:AAPL', 1), snapshot('s:MSFT', 1), ...coveredBy(CELLS).results],
    })
    watches.receive([update('s:AAPL', 5)])
    expect(watches.request()).toEqual({ topics: [{ topic: 's:AAPL', cursor: { epoch: 'a', seq: 1 } }] })
    const lost = cellTopic(CELLS[0] ?? '')
    watches.heartbeat({ seqs: { [lost]: { epoch: 'a', seq: 4 } } })
    expect(watches.request()).toEqual({
      topics: [],
      view: { bounds: VIEW, cursors: { [lost]: { epoch: 'a', seq: 1 } } },
    })
  })

  test('is not what was dropped; that is released once', () => {
    const { watches } = setUp()
    watches.want('s:AAPL')
    watches.drop('s:AAPL')
    expect(watches.request()).toBeNull()
    expect(watches.released()).toEqual(['s:AAPL'])
    expect(watches.released()).toEqual([])
    expect(watches.watching('s:AAPL')).toBe(false)
  })

  test('is not released when it is wanted again before that was sent', () => {
    const { watches } = setUp()
    watches.want('s:AAPL')
    watches.drop('s:AAPL')
    watches.want('s:AAPL')
    expect(watches.released()).toEqual([])
    expect(watches.request()).toEqual({ topics: [{ topic: 's:AAPL' }] })
  })
})

describe('a view', () => {
  const [first = '', second = ''] = CELLS

  test('whose cells were forgotten here and not by the node has them asked for in full', () => {
    const { watches } = setUp()
    watches.look(VIEW)
    watches.request()
    watches.answer(coveredBy(CELLS))
    watches.look(null)
    watches.look(VIEW)
    expect(watches.request()).toEqual({ topics: [], view: { bounds: VIEW, cursors: {} } })
    watches.answer({ results: [], view: { cells: CELLS, groups: ['other'] } })
    const cursors = Object.fromEntries(CELLS.map((cell) => [cellTopic(cell), { epoch: '', seq: 0 }]))
    expect(watches.request()).toEqual({ topics: [], view: { bounds: VIEW, cursors } })
    watches.answer(coveredBy(CELLS))
    expect(watches.cursor(cellTopic(first))).toEqual({ epoch: 'a', seq: 1 })
    expect(watches.request()).toBeNull()
  })

  test('of some groups is asked for by their names, and loses the cells of the others at once', () => {
    const { watches, views } = setUp()
    const [bus, tram] = [`buses/${quadkeyOfCell(first)}`, `trams/${quadkeyOfCell(second)}`]
    watches.look(VIEW)
    watches.request()
    watches.answer(coveredBy([bus, tram]))
    watches.look(VIEW, ['trams'])
    expect(views.at(-1)?.cells).toEqual([tram])
    expect(watches.request()).toEqual({ topics: [], view: { bounds: VIEW, groups: ['trams'], cursors: {} } })
    // The answer to what was asked before does not bring them back.
    watches.answer(coveredBy([bus, tram]))
    expect(views.at(-1)?.cells).toEqual([tram])
  })

  test('keeps what cells send before its answer, and applies it above their cursors', () => {
    const { watches, kinds } = setUp()
    const topic = cellTopic(CELLS[0] ?? '')
    watches.look(VIEW)
    watches.request()
    watches.receive([update(topic, 1), update(topic, 2)])
    expect(kinds()).toEqual([])
    watches.answer(coveredBy(CELLS, 1))
    expect(kinds().filter((kind) => kind.startsWith('update'))).toEqual([`update ${topic}`])
  })

  test('forgets the cells that a move left, and ignores what they still send', () => {
    const { watches, views, kinds } = setUp()
    const [gone = '', ...kept] = CELLS
    watches.look(VIEW)
    watches.request()
    watches.answer(coveredBy(CELLS))
    watches.look({ ...VIEW, west: -97.7 })
    watches.request()
    watches.answer({ results: [], view: { cells: kept, groups: ['other'] } })
    expect(watches.watching(cellTopic(gone))).toBe(false)
    watches.receive([update(cellTopic(gone), 2)])
    expect(kinds().filter((kind) => kind.startsWith('update'))).toEqual([])
    expect(views.at(-1)).toEqual({ cells: kept, groups: ['other'], error: null })
  })

  test('that is too wide is told, and watches no cells', () => {
    const { watches, views } = setUp()
    watches.look(VIEW)
    watches.request()
    watches.answer(coveredBy(CELLS))
    watches.look({ west: -170, south: -80, east: 170, north: 80 })
    watches.request()
    const error = { code: 'view_too_wide', message: 'zoom in' } as const
    watches.answer({ results: [], view: { error } })
    expect(views.at(-1)).toEqual({ ...NO_VIEW, error })
    expect(watches.topics()).toEqual([])
  })

  test('that was closed before the answer came stays closed', () => {
    const { watches, views } = setUp()
    watches.look(VIEW)
    watches.request()
    watches.look(null)
    watches.answer(coveredBy(CELLS))
    expect(views).toEqual([NO_VIEW])
    expect(watches.topics()).toEqual([])
    expect(watches.request()).toEqual({ topics: [], view: null })
  })
})

test('one refused topic does not touch the others, and can be asked for again', () => {
  const { watches, kinds } = setUp()
  watches.want('s:NOPE')
  watches.want('s:AAPL')
  watches.request()
  const error = { code: 'unknown_symbol', message: '' } as const
  watches.answer({ results: [{ topic: 's:NOPE', kind: 'error', error }, snapshot('s:AAPL', 1)] })
  expect(kinds()).toEqual(['refused', 'snapshot'])
  watches.retry('s:NOPE')
  expect(watches.request()).toEqual({ topics: [{ topic: 's:NOPE' }] })
})
