import type { DeskPorts } from '../state/desk/desk.ts'
import { createDeskPrefs } from '../state/desk/desk-prefs.ts'
import { createFrames } from '../state/frames.ts'
import { createAttention } from '../views/desk/attention.ts'

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

/** Bytes of chance in the id of a message: it is never given twice. */
const ID_BYTES = 12

/** Not `randomUUID`: browsers have that only where pages come encrypted. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(ID_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** What the desk has of the browser. */
export const deskPorts = (): DeskPorts => ({
  attention: createAttention(reportError),
  prefs: createDeskPrefs(localStorage, sessionStorage),
  newId,
})
