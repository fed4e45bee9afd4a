import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cellOf } from '../../../../wire/cells.ts'
import { type CellSnapshot, type CellUpdate, type Fix, isNewer } from '../../../../wire/fleet.ts'
import { cellTopic, type Topic } from '../../../../wire/topics.ts'
import { openClock, REAP_AFTER_MS, stateAt } from './clock-stage.ts'

const START = Date.UTC(2026, 10, 30, 8)
const GROUPS = { A: 'buses', B: 'buses', C: 'vans' }
/** Three tiles beside each other, and one far away. */
const PLACES = [
  { lat: 30.26, lon: -97.74 },
  { lat: 30.26, lon: -97.69 },
  { lat: 30.26, lon: -97.64 },
  { lat: 51, lon: 7 },
]
const cellAt = (place: number, group: string): Topic =>
  cellTopic(cellOf(PLACES[place]?.lat ?? 0, PLACES[place]?.lon ?? 0, group))
/** The far tile is not watched, nor are the vans of the third. */
const WATCHED = [cellAt(0, 'buses'), cellAt(1, 'buses'), cellAt(2, 'buses'), cellAt(0, 'vans'), cellAt(1, 'vans')]

const fixes = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom('A', 'B', 'C', 'D'),
      n: fc.integer({ min: 1, max: 99 }),
      // Within an hour, so that some are silent for too long.
      t: fc.integer({ min: 0, max: 600 }).map((s) => START + s * 6000),
      place: fc.integer({ min: 0, max: PLACES.length - 1 }),
      parked: fc.boolean(),
      doubtful: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    }),
    { selector: ({ id, n, t }) => `${id} ${n} ${t}`, maxLength: 40 },
  )
  .map((all) =>
    all.map(({ id, n, t, place, parked, doubtful }): Fix => {
      const { lat, lon } = PLACES[place] ?? { lat: 0, lon: 0 }
      return { id, n, t, lat, lon, ...(parked && { parked }), ...(doubtful && { doubtful }) }
    }),
  )

type Cells = Map<string, Map<string, Fix>>
/** A client by the book. */
const apply = (cells: Cells, { topic, fixes: here = [], left = [] }: CellUpdate & { topic: string }): void => {
  const cell = cells.get(topic)
  for (const fix of here) {
    const known = cell?.get(fix.id)
    if (!known || isNewer(fix, known)) cell?.set(fix.id, fix)
  }
  for (const gone of left) {
    const known = cell?.get(gone.id)
    if (known && !isNewer(known, gone)) cell?.delete(gone.id)
  }
}
const asCell = (snapshot: CellSnapshot | null): Map<string, Fix> => new Map(snapshot?.fixes.map((fix) => [fix.id, fix]))

it('tells fixes and who left, into whatever cell, and who fell silent: state and updates are the state then', () =>
  fc.assert(
    fc.asyncProperty(
      fixes,
      fc.integer({ min: 0, max: 3_600_000 }),
      fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 8 }),
      async (all, offset, steps) => {
        const rows = { fixes: all, groups: GROUPS }
        let to = START + offset
        const clock = openClock(rows, to)
        const cells: Cells = new Map()
        await Promise.all(WATCHED.map((topic) => clock.watch(topic)))
        const states = await Promise.all(WATCHED.map((topic) => clock.state<CellSnapshot>(topic)))
        for (const [i, topic] of WATCHED.entries()) cells.set(topic, asCell(states[i] ?? null))
        for (const step of steps) {
          to += step
          await clock.source.advance(to, to + 300_000)
          for (const update of clock.told.splice(0)) apply(cells, update)
        }
        expect(clock.strange).toEqual([])
        for (const topic of WATCHED)
          expect(cells.get(topic)).toEqual(asCell(await stateAt<CellSnapshot>(rows, to, topic)))
      },
    ),
    { numRuns: 150 },
  ))

const at = (id: string, place: number, s: number, more: Partial<Fix> = {}): Fix => {
  const { lat, lon } = PLACES[place] ?? { lat: 0, lon: 0 }
  return { id, n: s + 1, t: START + s * 1000, lat, lon, ...more }
}
const bound = (s: number): number => START + s * 1000 + 1

it('says where a device went, though nobody watches that cell, and that a silent one is shown no more', async () => {
  const rows = { fixes: [at('A', 0, 0), at('A', 3, 10), at('B', 0, 5)], groups: GROUPS }
  const clock = openClock(rows, bound(6))
  const topic = cellAt(0, 'buses')
  await clock.watch(topic)
  await clock.state(topic)
  await clock.source.advance(bound(20), bound(20))
  const away = { id: 'A', t: START + 10_000, n: 11, to: cellAt(3, 'buses').slice(2) }
  expect(clock.told.map(({ left }) => left)).toEqual([[away]])
  await clock.source.advance(bound(5) + REAP_AFTER_MS, 0)
  expect(clock.told.at(-1)).toMatchObject({ left: [{ id: 'B', to: null }], at: START + 5000 + REAP_AFTER_MS })
})

it('moves no device by a doubtful fix, and keeps one that said it stopped', async () => {
  const rows = { fixes: [at('A', 0, 0, { parked: true }), at('A', 1, 10, { doubtful: true })], groups: GROUPS }
  const topic = cellAt(0, 'buses')
  const hours = bound(5 * 3600)
  expect(await stateAt<CellSnapshot>(rows, hours, topic)).toMatchObject({ fixes: [{ id: 'A', n: 1, parked: true }] })
})
