import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { listen } from './listen.ts'

type Said = { room: string; text: string }

/**
 * A chat as Socket.IO's guides have it, with the Redis adapter: `io.to(room).emit` for each message. Nothing is kept or
 * numbered, and nobody is asked who they are. WebSocket only and without compression, as it would be tuned.
 */
export const startChat = async (redisUrl: string, port: number): Promise<void> => {
  const pub = new Redis(redisUrl)
  const http = createServer()
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    adapter: createAdapter(pub, pub.duplicate()),
  })
  io.on('connection', (socket) => {
    socket.on('join', async (rooms: string[], reply?: () => void) => {
      await socket.join(rooms)
      reply?.()
    })
    socket.on('say', ({ room, text }: Said, reply?: (reply: object) => void) => {
      io.to(room).emit('message', { t: Date.now(), by: { id: socket.id, name: 'Somebody' }, text })
      reply?.({ done: true })
    })
  })
  await listen(http, port)
}
