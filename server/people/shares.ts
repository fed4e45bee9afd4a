import { CELL_ZOOM, MAX_VIEW_CELLS, quadkeysCovering } from '../../wire/cells.ts'
import { covers, extentOf, type Grant, type Grants, parseGrants, writeGrants } from '../../wire/grants.ts'
import type { Shown } from '../../wire/people.ts'
import { cellTopic, deviceTopic, symbolTopic, type Topic } from '../../wire/topics.ts'

/** Grants of one share. */
export const MOST_SHARE_GRANTS = 64
/** The edge of a view is rounded outward by so many zooms at the most: to tiles of four by four cells. */
export const COARSER = 2

/** `too_wide`: it takes more grants than a share may have. */
export type ShareGrants = Grants | 'not_allowed' | 'too_wide'

/**
 * The least grants for what a share shows, or why its maker, who may do what `own` says, cannot share it. `groups`: all
 * that there are; of a view that names none those are shared that its maker may share.
 */
export const shareGrants = (show: Shown, own: Grants, groups: readonly string[]): ShareGrants => {
  const exact = namedTopics(show).map((topic): Grant => ({ action: 'watch', start: topic, exact: true }))
  if (!exact.every((grant) => mayShare(own, grant))) return 'not_allowed'
  const view = viewOf(show)
  return view === null ? exact : withView(exact, view, own, view.groups ?? groups)
}

type View = NonNullable<Extract<Shown, { kind: 'layout' }>['view']>

const withView = (exact: Grants, view: View, own: Grants, groups: readonly string[]): ShareGrants => {
  const cells = quadkeysCovering(view.bounds, 0)
  // Groups of which they may share nothing count for nothing: how many there are is not told.
  const known = groups.filter((group) => extentOf(own, 'share', cellTopic(`${group}/`)) !== 'none')
  if (cells === null || cells.length * known.length > MAX_VIEW_CELLS) return 'too_wide'
  const shared = known.filter((group) => cells.every((cell) => mayShare(own, cellGrant(group, cell))))
  if (shared.length === 0 || (view.groups !== null && shared.length < groups.length)) return 'not_allowed'
  for (let zoom = CELL_ZOOM; zoom >= CELL_ZOOM - COARSER; zoom--) {
    const grants = shared.flatMap((group) => grantsOf(group, cells, zoom, own))
    const all = [...exact, ...grants]
    const fits = all.length <= MOST_SHARE_GRANTS && parseGrants(writeGrants(all)) !== null
    if (fits && grants.every((grant) => mayShare(own, grant))) return all
  }
  return 'too_wide'
}

/** Nobody shares more than they may see, nor what they may not share. */
const mayShare = (own: Grants, grant: Grant): boolean => covers(own, [grant, { ...grant, action: 'share' }])

const namedTopics = (show: Shown): Topic[] => {
  if (show.kind === 'symbol') return [symbolTopic(show.symbol)]
  if (show.kind === 'device') return [deviceTopic(show.device)]
  if (show.kind === 'view') return []
  return [...show.symbols.map(symbolTopic), ...(show.device === null ? [] : [deviceTopic(show.device)])]
}

const viewOf = (show: Shown): View | null => {
  if (show.kind === 'view') return { bounds: show.bounds, groups: show.groups }
  return show.kind === 'layout' ? show.view : null
}

/** The device whose arrival may end a share. */
export const deviceOf = (show: Shown): string | null =>
  show.kind === 'device' || show.kind === 'layout' ? show.device : null

const cellGrant = (group: string, tile: string): Grant => ({
  action: 'watch',
  start: cellTopic(`${group}/${tile}`),
  exact: tile.length === CELL_ZOOM,
})

/**
 * The tiles of a zoom that hold these cells, as grants. Four sisters become their parent, again and again, where the
 * maker may share all of it.
 */
const grantsOf = (group: string, cells: readonly string[], zoom: number, own: Grants): Grant[] => {
  const done: Grant[] = []
  let tiles = new Set(cells.map((cell) => cell.slice(0, zoom)))
  while (tiles.size > 0) {
    const parents = new Set<string>()
    for (const [parent, sisters] of Map.groupBy(tiles, (tile) => tile.slice(0, -1))) {
      const isWhole = sisters.length === 4 && parent !== '' && mayShare(own, cellGrant(group, parent))
      if (isWhole) parents.add(parent)
      else done.push(...sisters.map((tile) => cellGrant(group, tile)))
    }
    tiles = parents
  }
  return done
}
