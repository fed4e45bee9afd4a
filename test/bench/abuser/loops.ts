import type { Socket } from 'node:net'
import { responseReader } from './responses.ts'
import type { Scene } from './scene.ts'

/** What a loop asks for next: a path, and the ETag by which it says that it has it already. */
export type Ask = () => { path: string; etag?: string | null; keep?: (etag: string | null) => void }

export const request = (port: number, path: string, etag?: string | null): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(etag ? [`If-None-Match: ${etag}`] : []),
    'Connection: keep-alive',
    '\r\n',
  ].join('\r\n')

/** Asks on one connection, the next as soon as the last is answered. */
export const loop = (scene: Scene, ask: Ask, from: number): void => {
  const open = (): Socket => {
    const socket = scene.dial(from)
    let asked = 0
    let current = ask()
    const next = (): void => {
      current = ask()
      asked = performance.now()
      scene.send(socket, request(scene.target.port, current.path, current.etag))
    }
    const read = responseReader((status, etag) => {
      scene.waited(performance.now() - asked)
      scene.count(status === 429 || status === 503 ? 'limited' : status < 500 ? 'served' : 'failed')
      current.keep?.(etag)
      next()
    })
    socket.on('data', (bytes) => {
      scene.count('bytes', bytes.length)
      read(bytes)
    })
    socket.once('connect', next)
    return socket.resume()
  }
  scene.keep(open)
}
