import { createServer, type RequestListener } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server, type Socket } from 'socket.io'
import { listen } from './listen.ts'

/**
 * Socket.IO with its Redis adapter, WebSocket only and without compression, as it would be tuned. `pages` serves what is
 * no socket.
 */
export const serveWithAdapter = async (
  redisUrl: string,
  port: number,
  joined: (socket: Socket, io: Server) => void,
  pages?: RequestListener,
): Promise<Server> => {
  const pub = new Redis(redisUrl)
  const http = createServer(pages)
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    adapter: createAdapter(pub, pub.duplicate()),
  })
  io.on('connection', (socket) => joined(socket, io))
  await listen(http, port)
  return io
}
