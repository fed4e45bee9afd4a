import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What a client does on its connection, in order: bytes (latin1), a pause in milliseconds, the end of what it sends; or
 * it waits for some text.
 */
export type Step = { send: string } | { pause: number } | { half: true } | { hear: string }

export type Heard = {
  /** All bytes that came, as latin1, up to a cap. */
  text: string
  /** The other side ended the connection, or never took it. */
  cut: boolean
}

export type Conversation = {
  port: number
  from: string | undefined
  steps: readonly Step[]
  /** Whether all came that is waited for. */
  done: (text: string) => boolean
  /** Called when something came; answers what to send for it. */
  reply?: (text: string) => string
  /** With nothing heard for so long after the last step it is over. */
  quietMs: number
  /** And after so long in any case. */
  limitMs: number
}

const MOST_HEARD = 8 * 2 ** 20
const EVERY_MS = 5
/** What is waited for may never come. */
const HEARD_MS = 3000

const open = ({ port, from }: Conversation): Promise<Socket | null> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...(from !== undefined && { localAddress: from }) })
    socket.setNoDelay(true)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })

/** Plays the steps on a connection of their own and listens until it is done, silent for a while, cut, or too late. */
export const converse = async (conversation: Conversation): Promise<Heard> => {
  const { steps, done, reply, quietMs, limitMs } = conversation
  const socket = await open(conversation)
  if (socket === null) return { text: '', cut: true }
  const began = performance.now()
  let [text, heardAt, cut] = ['', began, false]
  socket.on('data', (data) => {
    heardAt = performance.now()
    if (text.length < MOST_HEARD) text += data.toString('latin1')
    const answer = reply?.(text) ?? ''
    if (answer !== '' && socket.writable) socket.write(answer, 'latin1')
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    cut = true
  })
  socket.on('end', () => {
    cut = true
  })
  const heard = async (what: string): Promise<void> => {
    const end = performance.now() + HEARD_MS
    while (!cut && !text.includes(what) && performance.now() < end) await sleep(EVERY_MS)
  }
  for (const step of steps) {
    if (cut) break
    if ('pause' in step) await sleep(step.pause)
    else if ('hear' in step) await heard(step.hear)
    else if ('half' in step) socket.end()
    else if (socket.writable) socket.write(step.send, 'latin1')
  }
  const sentAt = performance.now()
  const over = (now: number): boolean =>
    cut || done(text) || now - began > limitMs || now - Math.max(heardAt, sentAt) > quietMs
  while (!over(performance.now())) await sleep(EVERY_MS)
  socket.resetAndDestroy()
  return { text, cut }
}

/** All that steps send, as it goes over the wire. */
export const sentBy = (steps: readonly Step[]): string =>
  steps.map((step) => ('send' in step ? step.send : '')).join('')
