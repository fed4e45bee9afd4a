import type { Bounds } from '../../wire/cells.ts'
import type { Shown } from '../../wire/people.ts'
import type { Place } from './place.ts'
import { FIRST_PLACE } from './prefs.ts'

/** The symbols that a share shows. */
export const symbolsOf = (show: Shown): readonly string[] =>
  show.kind === 'symbol' ? [show.symbol] : show.kind === 'layout' ? show.symbols : []

export const deviceOf = (show: Shown): string | null =>
  show.kind === 'device' || show.kind === 'layout' ? show.device : null

/** The part of the map that it shows. */
export const boundsOf = (show: Shown): Bounds | null =>
  show.kind === 'view' ? show.bounds : show.kind === 'layout' ? (show.view?.bounds ?? null) : null

export const hasMap = (show: Shown): boolean => deviceOf(show) !== null || boundsOf(show) !== null

/** Where the page of a share stands: what it watches follows from that. */
export const shareToPlace = (show: Shown): Place => {
  const [symbol = null] = symbolsOf(show)
  const workspace = !hasMap(show) ? 'markets' : symbol === null ? 'fleet' : 'split'
  return { ...FIRST_PLACE, workspace, symbol, device: deviceOf(show) }
}

/** What a share shows, in a few words. */
export const shareInWords = (show: Shown): string => {
  if (show.kind === 'symbol') return show.symbol
  if (show.kind === 'device') return show.device
  if (show.kind === 'view') return 'A part of the map'
  const [symbol] = show.symbols
  const many = show.symbols.length
  const symbols = many > 1 ? `${many} symbols` : symbol
  return [symbols, show.device, show.view && 'a part of the map'].filter(Boolean).join(', ')
}
