/** Which source numbers count as seen, told number by number: at most `most` runs of unseen ones stay open, the highest. */
export const createSeen = (most = 16) => {
  const seen = new Set<number>()
  let top = 0
  return (id: number): boolean => {
    if (seen.has(id)) return false
    seen.add(id)
    top = Math.max(top, id)
    let runs = 0
    for (let n = top; n > 0; n--) {
      if (seen.has(n)) continue
      if (seen.has(n + 1)) runs++
      if (runs > most) seen.add(n)
    }
    return true
  }
}
