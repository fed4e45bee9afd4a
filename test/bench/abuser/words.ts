import { symbolTopic } from '../../../wire/topics.ts'
import type { Dialect } from '../load/client.ts'
import { CONTINUATION, clientFrame, PING, TEXT } from '../load/frames.ts'
import { text } from './sockets.ts'

/** A request to watch names; the plain server has rooms to join. */
export const watchFrame = (dialect: Dialect, names: readonly string[]): Buffer =>
  dialect === 'watchfloor'
    ? text(`420["watch",${JSON.stringify({ topics: names.map((name) => ({ topic: symbolTopic(name) })) })}]`)
    : text(`420["join",${JSON.stringify(names)}]`)

/** The plain server's guides have no event to leave a room: it is asked to join once more. */
export const unwatchFrame = (dialect: Dialect, names: readonly string[]): Buffer =>
  dialect === 'watchfloor'
    ? text(`420["unwatch",${JSON.stringify({ topics: names.map(symbolTopic) })}]`)
    : watchFrame(dialect, names)

/**
 * A message with so many faults of form. The plain server has no form: there it is rooms that nobody has joined yet.
 */
export const invalidFrame = (dialect: Dialect, count: number, time: number): Buffer =>
  dialect === 'watchfloor'
    ? text(`420["watch",${JSON.stringify({ topics: Array(count).fill({ topic: 0, cursor: 0, mode: 0 }) })}]`)
    : watchFrame(
        dialect,
        Array.from({ length: count }, (_, i) => `nothing-${time * count + i}`),
      )

/** A view of one cell, with cursors of many others. */
export const cursorsFrame = (count: number): Buffer => {
  const cell = (i: number): string => `c:other/${i.toString(4).padStart(13, '0')}`
  const cursors = Object.fromEntries(Array.from({ length: count }, (_, i) => [cell(i), { epoch: 'x', seq: 1 }]))
  const bounds = { west: -97.75, east: -97.74, south: 30.26, north: 30.27 }
  return text(`420["watch",${JSON.stringify({ view: { bounds, cursors } })}]`)
}

export const largeFrame = (bytes: number): Buffer => text(`42["nothing","${'x'.repeat(bytes)}"]`)

/** An event that the server knows, with so many arguments. */
export const argumentsFrame = (dialect: Dialect, count: number): Buffer =>
  text(`42["${dialect === 'watchfloor' ? 'watch' : 'join'}",${Array(count).fill(0).join(',')}]`)

export const pingFrames = (count: number): Buffer => repeat(clientFrame(PING, 'ping'), count)

export const eventFrames = (count: number): Buffer => repeat(text('42["x"]'), count)

/** One event in so many fragments of a byte. */
export const fragments = (count: number): Buffer => {
  const event = `42["x","${'x'.repeat(count - 10)}"]`
  const pieces = [...event].map((byte, i) => clientFrame(i === 0 ? TEXT : CONTINUATION, byte, i === count - 1))
  return Buffer.concat(pieces)
}

const repeat = (frame: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => frame))
