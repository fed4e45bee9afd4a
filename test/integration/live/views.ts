import { expect, it } from 'vitest'
import { cellOf } from '../../../wire/cells.ts'
import type { CellSnapshot } from '../../../wire/fleet.ts'
import { eventually } from '../../support/eventually.ts'
import { AUSTIN, type Floor, newNumber, results } from './floor.ts'

/** What a client gets whose view moves over the map. */
export const testViews = (floor: Floor): void => {
  const fix = (id: string, lat: number, lon: number, ago = 0) =>
    floor.feed.fix({ id, n: newNumber(), t: Date.now() - ago, lat, lon })

  it('answers the cells with the devices in them, and follows them as they move and leave', async () => {
    const cell = await fix('BUS-1', 30.25, -97.75, 700_000)
    const one = await floor.client()
    const reply = await one.watch({ view: { bounds: AUSTIN } })
    if ('error' in reply || !reply.view || 'error' in reply.view) throw new Error('refused')
    expect(reply.view.cells).toContain(cell)
    const shown = reply.results.flatMap((each) =>
      each.kind === 'snapshot' ? (each.snapshot as CellSnapshot).fixes : [],
    )
    expect(shown.map(({ id }) => id)).toEqual(['BUS-1'])
    await fix('BUS-1', 30.251, -97.751, 600_000)
    const to = await fix('BUS-1', 30.25, -97.65)
    await eventually('it left', () => one.segments(`c:${cell}`).length === 2)
    expect(one.segments(`c:${cell}`)).toMatchObject([
      { fixes: [{ id: 'BUS-1', lat: 30.251 }] },
      { left: [{ id: 'BUS-1', to }] },
    ])
  })

  it('moves with the map: new cells come with their devices, old ones are silent', async () => {
    await fix('BUS-2', 30.25, -97.75)
    await fix('BUS-3', 35, -90)
    const one = await floor.client()
    await one.watch({ view: { bounds: AUSTIN } })
    const reply = results(await one.watch({ view: { bounds: { west: -90.1, east: -89.9, south: 34.9, north: 35.1 } } }))
    expect(
      reply.flatMap((each) => (each.kind === 'snapshot' ? (each.snapshot as CellSnapshot).fixes : [])),
    ).toMatchObject([{ id: 'BUS-3' }])
    await fix('BUS-2', 30.2501, -97.75)
    await fix('BUS-3', 35.0001, -90)
    await eventually('the new view', () => one.segments(`c:${cellOf(35, -90)}`).length === 1)
    expect(one.frames.flat()).toHaveLength(1)
    expect(results(await one.watch({ view: null }))).toEqual([])
  })

  it('refuses a view that is too wide, and leaves the old one', async () => {
    const one = await floor.client()
    const reply = await one.watch({ view: { bounds: { west: -180, east: 180, south: -85, north: 85 } } })
    expect(reply).toMatchObject({ results: [], view: { error: { code: 'view_too_wide' } } })
  })
}
