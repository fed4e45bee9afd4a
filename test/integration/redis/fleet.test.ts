import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { standing } from '../../../wire/cursors.ts'
import type { CellSnapshot, DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import type { Cursor, Update } from '../../../wire/protocol.ts'
import { cellTopic, deviceTopic, topicPart } from '../../../wire/topics.ts'
import { deliver, deliveries, fixOf, foldCell, type Ground, interleave, newestOf, newGround } from './fleet-steps.ts'
import { type Floor, type Listener, startFloor } from './floor.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

type Start = { cell: string; cursor: Cursor; snapshot: CellSnapshot }

const byId = (fixes: readonly Fix[]): Fix[] => [...fixes].sort((a, b) => (a.id < b.id ? -1 : 1))
const snapshotOf = async (cell: string): Promise<Start> => ({
  cell,
  ...(await floor.snapshot<CellSnapshot>(cellTopic(cell))),
})

/** The device's own topic: its newest fix, where it is, and in the track every fix once. */
const expectDevice = async (id: string, fixes: readonly Fix[], ground: Ground, listener: Listener): Promise<void> => {
  const last = newestOf(fixes)
  if (!last) throw new Error('a device without a fix')
  const { cursor, snapshot } = await floor.snapshot<DeviceSnapshot>(deviceTopic(id))
  expect(ground.cells).toContain(snapshot.cell)
  expect(snapshot.last).toEqual(last)
  const updates = await listener.updates()
  expect(updates.map(({ seq }) => seq)).toEqual(updates.map((_, i) => i + 1))
  expect(cursor).toEqual({ epoch: updates[0]?.epoch, seq: updates.length })
  const track = await floor.redis.xrange(topicPart(deviceTopic(id), 'track'), '-', '+')
  expect(track.map(([, [, text]]) => text)).toEqual(listener.texts)
  const kept = updates.flatMap((update) => update.fixes ?? []).sort((a, b) => a.n - b.n)
  expect(kept).toEqual([...fixes].sort((a, b) => a.n - b.n))
  for (let seq = 0; seq < updates.length; seq++) {
    const answer = await floor.read(deviceTopic(id), { epoch: cursor.epoch, seq })
    expect(answer).toEqual({ kind: 'replay', cursor, updates: updates.slice(seq) })
  }
}

/** A cell holds exactly the devices whose newest fix is in it. */
const expectCell = async (cell: string, wanted: readonly Fix[]): Promise<void> => {
  const { snapshot } = await snapshotOf(cell)
  expect(byId(snapshot.fixes)).toEqual(byId(wanted))
  const known = await floor.redis.hkeys(topicPart(cellTopic(cell), 'fix'))
  expect(known.sort()).toEqual(wanted.map(({ id }) => id).sort())
}

/** What a client has that folds a cell's updates into a snapshot. */
const expectFollowed = async (start: Start, updates: readonly Update[]): Promise<void> => {
  let { cursor, snapshot } = start
  for (const update of updates) {
    const stands = standing(cursor, update)
    if (stands === 'repeat') continue
    expect(stands).toBe('next')
    cursor = { epoch: update.epoch, seq: update.seq }
    snapshot = foldCell(snapshot, update)
    for (const { to } of update.left ?? []) expect(to).not.toBe(start.cell)
  }
  const end = await snapshotOf(start.cell)
  expect(cursor).toEqual(end.cursor)
  expect(byId(snapshot.fixes)).toEqual(byId(end.snapshot.fixes))
}

test('whatever the order of fixes, the crashes and retries: each device ends in the one cell of its newest fix', async () => {
  const scenario = fc.tuple(
    fc.array(deliveries, { minLength: 1, maxLength: 3 }),
    fc.array(fc.nat(5), { maxLength: 40 }),
  )
  await fc.assert(
    fc.asyncProperty(scenario, async ([fleet, order]) => {
      const ground = newGround()
      expect(new Set(ground.cells).size).toBe(ground.cells.length)
      const ids = fleet.map(() => floor.fresh('bus'))
      const ears = await Promise.all(ground.cells.map((cell) => floor.listen(cellTopic(cell))))
      const own = await Promise.all(ids.map((id) => floor.listen(deviceTopic(id))))
      const starts = await Promise.all(ground.cells.map(snapshotOf))
      const runs = fleet.map((batches, i) => deliver(floor, ids[i] ?? '', ground, batches))
      await interleave(runs, order, async (step) => {
        if (step % 7 === 3) starts.push(...(await Promise.all(ground.cells.map(snapshotOf))))
      })
      const fixes = fleet.map((batches, i) => {
        const distinct = new Map(batches.flatMap(({ drafts }) => drafts).map((draft) => [draft.n, draft]))
        return [...distinct.values()].map((draft) => fixOf(ids[i] ?? '', ground, draft))
      })
      for (const [i, listener] of own.entries()) await expectDevice(ids[i] ?? '', fixes[i] ?? [], ground, listener)
      const newest = fixes.map(newestOf).filter((fix) => fix !== undefined)
      for (const [i, cell] of ground.cells.entries()) {
        const west = ground.at([i, 0]).lon
        const here = newest.filter(({ lon }) => lon >= west && lon < ground.at([i + 1, 0]).lon)
        await expectCell(cell, here)
        for (const { id } of here) expect(await floor.redis.hget(`wf:{d:${id}}`, 'cell')).toBe(cell)
        const updates = (await ears[i]?.updates()) ?? []
        for (const start of starts) if (start.cell === cell) await expectFollowed(start, updates)
      }
      await Promise.all([...ears, ...own].map((ear) => ear.stop()))
    }),
    { numRuns: 80 },
  )
})
