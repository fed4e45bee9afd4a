import type { Socket } from 'node:net'
import { symbolName } from '../floor.ts'
import { request } from './loops.ts'
import type { Scene } from './scene.ts'
import { openSocket, text } from './sockets.ts'
import { watchFrame } from './words.ts'

const PIPELINED = 1000

/** Asks 1,000 times without reading, and twice a second once more, by which it also hears of its end. */
export const pipelined = (scene: Scene, connections: number): void => {
  const one = request(scene.target.port, '/api/symbols')
  const many = one.repeat(PIPELINED)
  const open = (from: number): Socket => {
    const socket = scene.dial(from)
    socket.once('connect', () => {
      scene.send(socket, many, PIPELINED)
      const timer = setInterval(() => scene.send(socket, one), 500)
      socket.once('close', () => clearInterval(timer))
    })
    return socket
  }
  for (let from = 0; from < connections; from++) scene.keep(() => open(from))
}

const LOOPS = 8

/** Connects, watches, is answered, cuts, and begins anew at once. */
export const reconnects = (scene: Scene): void => {
  const names = Array.from({ length: 1000 }, (_, i) => symbolName(i))
  const watch = watchFrame(scene.target.dialect, names)
  const open = (): Socket =>
    openSocket(scene, { onReady: ({ ask }) => ask(watch), onAnswer: ({ socket }) => scene.leave(socket) })
  for (let i = 0; i < LOOPS; i++) scene.keep(open, 0)
}

/** Connects and cuts as soon as the server has answered the handshake. */
export const handshakes = (scene: Scene): void => {
  const open = (): Socket =>
    openSocket(scene, {
      onUpgraded: ({ socket }) => {
        scene.count('served')
        scene.leave(socket)
      },
    })
  for (let i = 0; i < LOOPS; i++) scene.keep(open, 0)
}

const OPENED_A_SECOND = 1000

/** Opens so many connections, a thousand a second, and keeps them. */
const crowd = (scene: Scene, count: number, open: (i: number) => Socket): void => {
  let i = 0
  scene.steadily(OPENED_A_SECOND, () => {
    const own = i++
    if (own < count) scene.keep(() => open(own))
  })
}

export const unconnected = (scene: Scene): void =>
  crowd(scene, 3000, () => openSocket(scene, { onUpgraded: () => scene.count('served') }))

export const silent = (scene: Scene, addresses: number): void =>
  crowd(scene, 3000, (i) => scene.dial(i % addresses).resume())

/** Sends the beginning at once, and a byte of the rest each second. */
const trickle = (scene: Scene, begin: string, byte: string): void =>
  crowd(scene, 500, () => {
    const socket = scene.dial()
    socket.once('connect', () => {
      socket.write(begin)
      dripping(socket, byte)
    })
    socket.on('data', ({ length }) => scene.count('bytes', length))
    return socket
  })

const dripping = (socket: Socket, bytes: string | Buffer): void => {
  const timer = setInterval(() => socket.write(bytes), 1000)
  socket.once('close', () => clearInterval(timer))
}

export const slowHeaders = (scene: Scene): void => trickle(scene, 'GET / HTTP/1.1\r\nX-Slow: ', 'x')

export const slowBodies = (scene: Scene): void => {
  const head = ['POST /api/symbols HTTP/1.1', `Host: 127.0.0.1:${scene.target.port}`, 'Content-Length: 1000000', '\r\n']
  trickle(scene, head.join('\r\n'), 'x')
}

/** A frame of which the first bytes come at once, and then a byte a second. */
export const slowFrames = (scene: Scene): void => {
  const frame = text(`42["x","${'x'.repeat(500_000)}"]`)
  crowd(scene, 500, () =>
    openSocket(scene, {
      onReady: ({ socket }) => {
        socket.write(frame.subarray(0, 100))
        dripping(socket, 'x')
      },
    }),
  )
}
