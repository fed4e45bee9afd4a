import * as fc from 'fast-check'
import { leaveCell, placeInCell, publishFixes } from '../../../wire/calls.ts'
import { cellBounds, cellOf } from '../../../wire/cells.ts'
import { type CellSnapshot, type CellUpdate, type Fix, isNewer } from '../../../wire/fleet.ts'
import { batches } from '../../unit/wire/arbitraries.ts'
import { type Floor, type Reply, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

/** A place in one of four neighbouring cells: `[cell, where in it]`. */
type Place = readonly [cell: number, inside: number]
/** A fix before it has an id and a map to be on. */
type Draft = Pick<Fix, 'n' | 't' | 'speed' | 'route'> & { place: Place }
/**
 * One batch of one device, and how many of steps 2 and 3 each attempt does before it crashes; then one that does all.
 */
export type Delivery = { drafts: Draft[]; crashes: number[] }

export const CELLS = 4
const WIDTH = 360 / 2 ** 13
let grounds = 0

/** Four cells in a row where nothing has ever been. */
export const newGround = () => {
  const row = grounds++
  const first = cellBounds(cellOf(10 + (row % 400) * 0.1, -180 + WIDTH * (10.5 + 10 * Math.floor(row / 400))))
  const lat = (first.south + first.north) / 2
  const at = ([cell, inside]: Place) => ({
    lat: lat + inside * 0.001,
    lon: first.west + WIDTH * (cell + 0.2 + inside * 0.1),
  })
  return { at, cells: Array.from({ length: CELLS }, (_, i) => cellOf(at([i, 0]).lat, at([i, 0]).lon)) }
}
export type Ground = ReturnType<typeof newGround>

export const fixOf = (id: string, ground: Ground, { place, ...draft }: Draft): Fix => ({
  id,
  ...draft,
  ...ground.at(place),
})

/**
 * Of one device: distinct fixes in any order, in batches; some batches come again later. There is time enough between
 * two of them for the way between any two of the cells.
 */
export const deliveries: fc.Arbitrary<Delivery[]> = fc
  .array(
    fc.record({
      place: fc.tuple(fc.nat(CELLS - 1), fc.nat(5)),
      speed: fc.constantFrom(0, 1 / 3, 12.5),
      route: fc.constantFrom('7', 'Route 801/N'),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .chain((drafts) => {
    const numbered: Draft[] = drafts.map((draft, i) => ({ n: i + 1, t: BASE + i * 1_200_000, ...draft }))
    return fc.shuffledSubarray(numbered, { minLength: numbered.length })
  })
  .chain((drafts) => batches(drafts, 4))
  .chain((cut) =>
    fc.tuple(
      fc.constant(cut),
      fc.array(fc.nat(cut.length - 1), { maxLength: 3 }),
      fc.array(fc.array(fc.nat(1), { maxLength: 2 }), { minLength: cut.length + 3, maxLength: cut.length + 3 }),
    ),
  )
  .map(([cut, again, crashes]) =>
    [...cut, ...again.map((i) => cut[i] ?? [])].map((drafts, i) => ({ drafts, crashes: crashes[i] ?? [] })),
  )

/** The calls of steps 2 and 3 that an answer to step 1 asks for, as wire/calls.ts says. */
export const followingCalls = (id: string, { rest: [fix = '', cell = '', from = ''] }: Reply) => {
  if (fix === '' || cell === '') return []
  const { t, n } = JSON.parse(fix) as Fix
  return [placeInCell(cell, [fix]), ...(from !== '' && from !== cell ? [leaveCell(from, id, t, n, cell)] : [])]
}

/** Delivers all batches of one device, one call at a time; the caller decides when the next is made. */
export async function* deliver(floor: Floor, id: string, ground: Ground, batches: readonly Delivery[], retry = true) {
  for (const { drafts, crashes } of batches) {
    const fixes = drafts.map((draft) => fixOf(id, ground, draft))
    for (const stop of retry ? [...crashes, 2] : [crashes[0] ?? 2]) {
      const reply = toReply(await floor.run(publishFixes(id, fixes)))
      yield
      for (const call of followingCalls(id, reply).slice(0, stop)) {
        await floor.run(call)
        yield
      }
    }
  }
}

/** Runs all to their ends, one step of one at a time, which one `order` says. */
export const interleave = async (
  runs: AsyncGenerator[],
  order: readonly number[],
  onStep: (step: number) => Promise<unknown>,
): Promise<void> => {
  const open = [...runs]
  for (let step = 0; open.length > 0; step++) {
    const turn = (order[step % Math.max(1, order.length)] ?? 0) % open.length
    if ((await open[turn]?.next())?.done) open.splice(turn, 1)
    await onStep(step)
  }
}

/** The rule by which a client keeps one cell: the newest fix of each device, and who left with a fix not older goes. */
export const foldCell = (state: CellSnapshot, { fixes = [], left = [] }: CellUpdate): CellSnapshot => {
  const known = new Map(state.fixes.map((fix) => [fix.id, fix]))
  for (const fix of fixes) {
    const old = known.get(fix.id)
    if (!old || isNewer(fix, old)) known.set(fix.id, fix)
  }
  for (const gone of left) {
    const old = known.get(gone.id)
    if (old && !isNewer(old, gone)) known.delete(gone.id)
  }
  return { fixes: [...known.values()] }
}

/** The newest of fixes, found by sorting. */
export const newestOf = (fixes: readonly Fix[]): Fix | undefined =>
  [...fixes].sort((a, b) => a.t - b.t || a.n - b.n).at(-1)
