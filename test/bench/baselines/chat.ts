import { serveWithAdapter } from './serve-with-adapter.ts'

type Said = { room: string; text: string }

/**
 * A chat as Socket.IO's guides have it, with the Redis adapter: `io.to(room).emit` for each message. Nothing is kept or
 * numbered, and nobody is asked who they are. WebSocket only and without compression, as it would be tuned.
 */
export const startChat = (redisUrl: string, port: number): Promise<unknown> =>
  serveWithAdapter(redisUrl, port, (socket, io) => {
    socket.on('join', async (rooms: string[], reply?: () => void) => {
      await socket.join(rooms)
      reply?.()
    })
    socket.on('say', ({ room, text }: Said, reply?: (reply: object) => void) => {
      io.to(room).emit('message', { t: Date.now(), by: { id: socket.id, name: 'Somebody' }, text })
      reply?.({ done: true })
    })
  })
