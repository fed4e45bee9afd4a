/** The clocks that stores need, all in milliseconds. */
export type Times = {
  /** Never jumps: for drawing. */
  steady: number
  /** Unix time of this browser: for ages. */
  now: number
  /** What the server's clock says at `now`. */
  serverNow: number
}
