/** Columns of the watchlist that hold figures, and the pixels that each has at the least. */
export const FIGURES = { last: 92, change: 78, share: 78, bid: 82, ask: 82, volume: 66 } as const
export type Figure = keyof typeof FIGURES
export type Widths = Readonly<Record<Figure, number>>
export type Hideable = Figure | 'spark'

/** The sparkline's column, in pixels. */
export const SPARK = 84
/**
 * What is left out if there is no room for all, in this order. The last price and its change in per cent always stay.
 */
const LEAVING: readonly (readonly Hideable[])[] = [['bid', 'ask'], ['volume'], ['change'], ['spark']]

/** Which columns are left out, and the table's least width. It is wider than its room if even that does not fit. */
export type Columns = { without: readonly Hideable[]; least: number }

/**
 * Pixels of the symbols' column (`wanted`: none is cut; `least`: when figures need the room) and of the column with the
 * cross.
 */
export type Beside = { wanted: number; least: number; cross: number }

/** The columns that have room: symbols come first, then figures, each uncut. */
export const fitColumns = (room: number, widths: Widths, { wanted, least: cut, cross }: Beside): Columns => {
  const widthOf = (column: Hideable): number => (column === 'spark' ? SPARK : widths[column])
  const without: Hideable[] = []
  let least = wanted + cross + SPARK + Object.values(widths).reduce((sum, width) => sum + width, 0)
  for (const group of LEAVING) {
    if (least <= room) break
    without.push(...group)
    for (const column of group) least -= widthOf(column)
  }
  return { without, least: Math.max(Math.min(least, room), least - wanted + cut) }
}
