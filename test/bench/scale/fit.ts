/**
 * The non-negative costs that explain what was measured best: `measured[i]` is about the sum of `costs[k] *
 * counts[i][k]`. Least squares of the relative error; a cost that would come out below nothing is taken as nothing.
 * Null where there are fewer runs than costs.
 */
export const fitCosts = (counts: readonly (readonly number[])[], measured: readonly number[]): number[] | null => {
  const width = counts[0]?.length ?? 0
  if (width === 0 || counts.length < width) return null
  const rows = counts.map((row, i) => row.map((count) => count / (measured[i] || 1)))
  const costs = Array.from({ length: width }, () => 0)
  const column = (k: number, l: number): number => rows.reduce((sum, row) => sum + (row[k] ?? 0) * (row[l] ?? 0), 0)
  const squares = costs.map((_, k) => costs.map((__, l) => column(k, l)))
  const wanted = costs.map((_, k) => rows.reduce((sum, row) => sum + (row[k] ?? 0), 0))
  // Coordinate descent: each cost in turn is set to its best with the others as they are, never below nothing.
  for (let round = 0; round < ROUNDS; round++)
    for (let k = 0; k < width; k++) {
      const square = squares[k]?.[k] ?? 0
      if (square === 0) continue
      const rest = costs.reduce((sum, cost, l) => sum + (l === k ? 0 : cost * (squares[k]?.[l] ?? 0)), 0)
      costs[k] = Math.max(0, ((wanted[k] ?? 0) - rest) / square)
    }
  return costs
}

const ROUNDS = 20_000

/** The straight line through points, least squares: its value at 0 and its slope; null with fewer than two places. */
export const fitLine = (
  points: readonly (readonly [x: number, y: number])[],
): { at0: number; slope: number } | null => {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  const spread = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  if (points.length < 2 || spread === 0) return null
  const slope = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / spread
  return { at0: my - slope * mx, slope }
}
