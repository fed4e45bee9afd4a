import type { RequestListener } from 'node:http'
import { Redis } from 'ioredis'
import { serveWithAdapter } from './serve-with-adapter.ts'

/**
 * Plain Socket.IO as its guides have it: the Redis adapter, a room per symbol, `io.to(symbol).emit` for each trade that
 * Redis brings. `pages` serves what is no socket.
 */
export const startAdapter = async (redisUrl: string, port: number, pages?: RequestListener): Promise<void> => {
  const feed = new Redis(redisUrl)
  await feed.psubscribe('trade:*')
  const io = await serveWithAdapter(
    redisUrl,
    port,
    (socket) =>
      socket.on('join', async (symbols: string[], reply?: () => void) => {
        await socket.join(symbols)
        reply?.()
      }),
    pages,
  )
  feed.on('pmessage', (_pattern: string, _channel: string, text: string) => {
    const trade = JSON.parse(text) as { symbol: string }
    io.to(trade.symbol).emit('trade', trade)
  })
}
