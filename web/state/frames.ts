/** Draws something. Returns true if it has to be drawn again in the next frame, because something still moves. */
export type Draw = (steady: number) => unknown

/**
 * One animation frame for all that is drawn: asked for only when something woke it, so that a still screen costs
 * nothing and a hidden tab, whose frames the browser withholds, draws nothing. What throws in one costs the others
 * nothing.
 */
export const createFrames = (
  requestFrame: (draw: (steady: number) => void) => void,
  report: (error: unknown) => void,
) => {
  const draws = new Set<Draw>()
  let asked = false

  const run = (steady: number): void => {
    asked = false
    let again = false
    for (const draw of draws) again = drawSafely(draw, steady) || again
    if (again) wake()
  }
  const drawSafely = (draw: Draw, steady: number): boolean => {
    try {
      return draw(steady) === true
    } catch (error) {
      report(error)
      return false
    }
  }
  const wake = (): void => {
    if (asked) return
    asked = true
    requestFrame(run)
  }

  return {
    wake,
    /** Adds what is drawn each frame. Returns a function that removes it. */
    add: (draw: Draw): (() => void) => {
      draws.add(draw)
      wake()
      return () => draws.delete(draw)
    },
  }
}
export type Frames = ReturnType<typeof createFrames>
