import { createServer, type RequestListener } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { listen } from './listen.ts'

/**
 * Plain Socket.IO as its guides have it: the Redis adapter, a room per symbol, `io.to(symbol).emit` for each trade that
 * Redis brings. WebSocket only and without compression, as it would be tuned. `pages` serves what is no socket.
 */
export const startAdapter = async (redisUrl: string, port: number, pages?: RequestListener): Promise<void> => {
  const pub = new Redis(redisUrl)
  const feed = pub.duplicate()
  const http = createServer(pages)
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    adapter: createAdapter(pub, pub.duplicate()),
  })
  io.on('connection', (socket) => {
    socket.on('join', async (symbols: string[], reply?: () => void) => {
      await socket.join(symbols)
      reply?.()
    })
  })
  feed.on('pmessage', (_pattern: string, _channel: string, text: string) => {
    const trade = JSON.parse(text) as { symbol: string }
    io.to(trade.symbol).emit('trade', trade)
  })
  await feed.psubscribe('trade:*')
  await listen(http, port)
}
