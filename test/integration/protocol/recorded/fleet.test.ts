import { expect, it } from 'vitest'
import type { Fix } from '../../../../wire/fleet.ts'
import { eventually } from '../../../support/eventually.ts'
import { boundsOf, lastOf, type Position, tracksOf } from '../../../support/oracle/fleet.ts'
import { readPositions } from '../../../support/oracle/recordings.ts'
import { watchDevice } from '../../../support/readers/by-the-page/device.ts'
import { createMap } from '../../../support/readers/by-the-page/map.ts'
import type { Watcher } from '../../../support/readers/by-the-page/watcher.ts'
import { inRounds, stageForAll } from './stage.ts'

const stage = stageForAll()
const positions = readPositions()
const tracks = tracksOf(positions)
const bounds = boundsOf(positions)
const buses = [...tracks.keys()]
/** These hold thirty fixes back, and deliver them at once after twenty newer ones. */
const HOLDING = new Set(buses.slice(0, 4))

const arrivals = [...tracks].flatMap(([id, track]) =>
  track.map((item, i) => ({ at: HOLDING.has(id) && i >= 20 && i < 50 ? (track[69]?.t ?? 0) + 1 : item.t, item })),
)

const open = async (url: string) => {
  let watcher: Watcher | null = null
  const current = (): string => watcher?.url() ?? url
  const views = buses.map((id) => ({ id, view: watchDevice(id, current) }))
  const map = createMap(Date.now)
  watcher = await stage.watch(url, { subjects: views.map(({ view }) => view), view: { bounds, map } })
  return { watcher, views, map }
}

const isRight = ({ views, map }: Awaited<ReturnType<typeof open>>): true => {
  for (const { id, view } of views) {
    expect(view.last()).toEqual(lastOf(tracks.get(id)))
    expect(view.track()).toEqual(tracks.get(id))
  }
  map.tick(Date.now())
  const shown = map.fixes().toSorted((a, b) => buses.indexOf(a.id) - buses.indexOf(b.id))
  expect(shown).toEqual(buses.map((id) => lastOf(tracks.get(id))))
  return true
}

it('buses with stored backlogs, watched by the page alone, end as the recording says', async () => {
  const fixesOf = (items: Position[]) => ({
    fixes: Object.fromEntries(
      Map.groupBy(
        items.map(({ doubtful: _, ...fix }): Fix => fix),
        ({ id }) => id,
      ),
    ),
  })
  const rounds = inRounds(arrivals, 8, fixesOf)
  const [here, there] = stage.nodes()
  const opened: Awaited<ReturnType<typeof open>>[] = []
  const join = async () => opened.push(await open(here.url))
  const move = () => opened[0]?.watcher.move(there.url)
  const repeats = await stage.publish(rounds, 25, [
    [0.3, join],
    [0.6, join],
    [0.7, move],
  ])
  expect(repeats).toBeGreaterThan(0)
  expect(opened).toHaveLength(2)
  for (const each of opened)
    await eventually('what the recording says', () => isRight(each), { limitMs: 30_000, everyMs: 100 })
})
