/**
 * The node's time, never too early: what it said when it was asked is counted from the asking. By two clocks, for one
 * stands still while the machine sleeps, and the other may be set.
 */
export const createNodeClock = () => {
  const read = () => [Date.now(), performance.now()]
  let [asked, ahead] = [read(), [0, 0]]
  /** To be called just before the node is asked for its hello. */
  const ask = () => {
    asked = read()
  }
  /** What the node said of its time: then, and later on. */
  const hello = (at: number) => {
    ahead = asked.map((then) => at - then)
  }
  const heard = (at: number) => {
    ahead = read().map((now, i) => Math.max(ahead[i] ?? 0, at - now))
  }
  return { ask, hello, heard, now: () => Math.max(...read().map((now, i) => now + (ahead[i] ?? 0))) }
}
