import { once } from 'node:events'
import { WebSocket } from 'ws'

/**
 * A browser's DevTools protocol. `send` rejects with what the browser says is wrong; `session`: the page it is meant
 * for.
 */
export type DevTools = {
  send: <T = unknown>(method: string, params?: object, session?: string) => Promise<T>
}

type Answer = { id?: number; result?: never; error?: { message: string } }

/** Connects to the address that a browser names at its start. The connection ends with the browser. */
export const openDevTools = async (url: string): Promise<DevTools> => {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data)) as Answer
    if (answer.id === undefined) return
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const take of waiting.values()) take({ error: { message: 'the browser is gone' } })
  })
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, ({ result, error }) => {
          if (error) reject(new Error(`${method}: ${error.message}`))
          else resolve(result as never)
        })
        socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
      }),
  }
}
