import { symbolName } from '../floor.ts'
import type { Scene } from './scene.ts'
import { openSocket, type Talk, text } from './sockets.ts'
import {
  argumentsFrame,
  cursorsFrame,
  eventFrames,
  fragments,
  invalidFrame,
  largeFrame,
  pingFrames,
  unwatchFrame,
  watchFrame,
} from './words.ts'

/** Just below what `MAX_REQUESTS` allows. */
const MESSAGES_A_SECOND = 49
/** So many times a second what comes in floods is written, some at once. */
const WRITES_A_SECOND = 100

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => symbolName(i))

/** One client that does something so many times a second, and comes back when it is cut. */
const oneClient = (scene: Scene, perSecond: number, act: (talk: Talk) => void): void => {
  let talk: Talk | null = null
  scene.keep(() =>
    openSocket(scene, {
      onReady: (ready) => {
        talk = ready
      },
    }),
  )
  scene.steadily(perSecond, () => talk && act(talk))
}

export const hundredThousandArguments = (scene: Scene): void => {
  const frame = argumentsFrame(scene.target.dialect, 100_000)
  oneClient(scene, 5, ({ say }) => say(frame))
}

export const invalid = (scene: Scene): void => {
  let time = 0
  const { dialect } = scene.target
  const frame = invalidFrame(dialect, 2000, 0)
  oneClient(scene, MESSAGES_A_SECOND, ({ ask }) =>
    ask(dialect === 'watchfloor' ? frame : invalidFrame(dialect, 2000, ++time)),
  )
}

export const cursors = (scene: Scene): void => {
  const frame = cursorsFrame(11_000)
  oneClient(scene, MESSAGES_A_SECOND, ({ ask }) => ask(frame))
}

export const unknown = (scene: Scene): void => {
  const frame = largeFrame(510 * 1024)
  oneClient(scene, MESSAGES_A_SECOND, ({ say }) => say(frame))
}

export const rewatch = (scene: Scene): void => {
  const { dialect } = scene.target
  const frames = [watchFrame(dialect, names(2000)), unwatchFrame(dialect, names(2000))]
  let turn = 0
  oneClient(scene, MESSAGES_A_SECOND, ({ ask }) => {
    const frame = frames[turn++ % 2]
    if (frame) ask(frame)
  })
}

/** So many small frames a second, those of a hundredth of a second written at once. */
const flood = (scene: Scene, perSecond: number, make: (count: number) => Buffer): void => {
  const count = perSecond / WRITES_A_SECOND
  const frames = make(count)
  oneClient(scene, WRITES_A_SECOND, ({ say }) => say(frames, count))
}

export const pings = (scene: Scene): void => flood(scene, 20_000, pingFrames)
export const events = (scene: Scene): void => flood(scene, 20_000, eventFrames)
export const fragmentFlood = (scene: Scene): void => flood(scene, 100_000, (count) => fragments(count))

/** Twenty watches, then as if it were a new client, on the same connection for as long as that is let be. */
export const renewals = (scene: Scene): void => {
  const watch = watchFrame(scene.target.dialect, names(100))
  const act = ({ ask, say }: Talk): void => {
    for (let i = 0; i < 20; i++) ask(watch)
    say(Buffer.concat([text('41'), text('40')]), 2)
  }
  scene.keep(() => openSocket(scene, { onReady: act }))
}

/** Clients that ask for a great deal, again and again, and read nothing of it. */
export const unread = (scene: Scene): void => {
  const { dialect } = scene.target
  const [watch, unwatch] = [watchFrame(dialect, names(1000)), unwatchFrame(dialect, names(1000))]
  const ready = (talk: Talk): void => {
    talk.socket.pause()
    talk.say(watch)
    const timer = setInterval(() => talk.say(Buffer.concat([unwatch, watch]), 2), 200)
    talk.socket.once('close', () => clearInterval(timer))
  }
  for (let i = 0; i < 20; i++) scene.keep(() => openSocket(scene, { onReady: ready }))
}
