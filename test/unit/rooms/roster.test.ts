import { expect, it } from 'vitest'
import { createRoster, toHere } from '../../../server/rooms/roster.ts'

const ANN = { id: 'ann', name: 'Ann' }

const setUp = () => {
  const world = { now: 0, changes: 0 }
  const roster = createRoster({ changed: () => world.changes++, time: () => 1000 + world.now, now: () => world.now })
  /** Redis is told, a second later unless told when. */
  const tell = (afterMs = 1000) => {
    world.now += afterMs
    const { staying, leaving } = roster.due(5000)
    for (const known of [...staying, ...leaving]) Object.assign(known, { changed: false, told: world.now })
    roster.forget(12_000)
    return { staying: staying.map(toHere), leaving: leaving.map(({ id }) => id) }
  }
  return { world, roster, tell }
}

it('two tabs are one person, who looks at what changed last', () => {
  const { world, roster, tell } = setUp()
  const [one, two] = [roster.join(ANN), roster.join(ANN)]
  expect(roster.count()).toBe(1)
  one.look('s:AAPL')
  two.look('s:MSFT')
  expect(tell().staying).toEqual([{ ...ANN, since: 1000, on: 's:MSFT' }])
  one.look('s:AAPL') // it did before
  expect(tell().staying).toEqual([])
  two.look(null)
  expect(tell().staying).toMatchObject([{ on: 's:AAPL' }])
  one.leave()
  expect(tell()).toMatchObject({ staying: [{ on: null }], leaving: [] })
  world.changes = 0
  one.leave()
  one.look('s:X')
  expect(world.changes).toBe(0)
  two.leave()
  expect(tell().leaving).toEqual(['ann'])
  expect(tell().leaving).toEqual([])
  expect(roster.count()).toBe(0)
})

it('tells again of those who stay, by the clock, and of nobody more often than once a second', () => {
  const { roster, tell } = setUp()
  const tab = roster.join(ANN)
  expect(tell(0).staying).toHaveLength(1)
  expect(tell(4999).staying).toHaveLength(0)
  expect(tell(1).staying).toHaveLength(1)
  tab.look('s:AAPL')
  expect(roster.hasNews()).toBe(false)
  expect(tell(999).staying).toHaveLength(0)
  tab.look('s:MSFT')
  expect(tell(1).staying).toMatchObject([{ on: 's:MSFT' }])
})

it('whoever was never told of is forgotten without a word; one who comes back stays since the beginning', () => {
  const { world, roster, tell } = setUp()
  roster.join(ANN).leave()
  expect(tell(0)).toEqual({ staying: [], leaving: [] })
  const tab = roster.join(ANN)
  tell(0)
  world.now = 3000
  tab.leave()
  roster.join(ANN)
  expect(tell(0)).toMatchObject({ staying: [{ since: 1000 }], leaving: [] })
})

it('forgets who left even where Redis cannot be told', () => {
  const { world, roster, tell } = setUp()
  const tab = roster.join(ANN)
  tell(0)
  tab.leave()
  world.now = 12_000
  roster.forget(12_000)
  expect(roster.hasNews()).toBe(true)
  world.now = 12_001
  roster.forget(12_000)
  expect(roster.hasNews()).toBe(false)
})
