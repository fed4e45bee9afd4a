import { createFrames } from '../state/frames.ts'

/** What both pages have of the browser. */
export const browserPorts = () => ({
  frames: createFrames((draw) => requestAnimationFrame(draw), reportError),
  now: () => Date.now(),
  steady: () => performance.now(),
  random: Math.random,
  report: reportError,
})

/** What calls of the node's HTTP interface need besides a way to ask. */
export const apiPorts = {
  wait: (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}
