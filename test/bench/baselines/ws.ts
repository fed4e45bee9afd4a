import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import { type WebSocket, WebSocketServer } from 'ws'
import { listen } from './listen.ts'

type Handlers<Client> = {
  connect: (socket: WebSocket) => Client
  watch: (client: Client, symbols: string[]) => void
  leave: (client: Client) => void
}

const CHANNEL = 'trade:'

const serve = async <Client>(redisUrl: string, port: number, handlers: Handlers<Client>): Promise<Redis> => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  server.on('connection', (socket) => {
    const client = handlers.connect(socket)
    socket.on('message', (data) => {
      handlers.watch(client, JSON.parse(data.toString()) as string[])
      socket.send('ok')
    })
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => handlers.leave(client))
  })
  const feed = new Redis(redisUrl)
  await feed.psubscribe(`${CHANNEL}*`)
  await listen(http, port)
  return feed
}

/** Who watches each symbol. */
const rooms = <Client>() => {
  const bySymbol = new Map<string, Set<Client>>()
  return {
    of: (symbol: string): Iterable<Client> => bySymbol.get(symbol) ?? [],
    join: (client: Client, symbols: string[]): void => {
      for (const symbol of symbols) bySymbol.set(symbol, (bySymbol.get(symbol) ?? new Set()).add(client))
    },
    leave: (client: Client): void => {
      for (const clients of bySymbol.values()) clients.delete(client)
    },
  }
}

/**
 * Plain `ws`: each trade's text goes on, as the bytes it came in, as a frame to each client that watches its symbol.
 */
export const startWsPerTrade = async (redisUrl: string, port: number): Promise<void> => {
  const { of, join, leave } = rooms<WebSocket>()
  const feed = await serve<WebSocket>(redisUrl, port, { connect: (socket) => socket, watch: join, leave })
  feed.on('pmessageBuffer', (_pattern: string, channel: Buffer | string, text: Buffer) => {
    for (const socket of of(String(channel).slice(CHANNEL.length))) socket.send(text, { binary: false })
  })
}

const BATCH_MS = 50

/**
 * Plain `ws` with batches: trades gather per client, and every 50 ms each client gets one frame of those it watches.
 */
export const startWsBatches = async (redisUrl: string, port: number): Promise<void> => {
  type Client = { socket: WebSocket; waiting: string[] }
  const { of, join, leave } = rooms<Client>()
  const clients = new Set<Client>()
  const feed = await serve<Client>(redisUrl, port, {
    connect: (socket) => {
      const client = { socket, waiting: [] }
      clients.add(client)
      return client
    },
    watch: join,
    leave: (client) => {
      clients.delete(client)
      leave(client)
    },
  })
  feed.on('pmessage', (_pattern: string, channel: string, text: string) => {
    for (const { waiting } of of(channel.slice(CHANNEL.length))) waiting.push(text)
  })
  setInterval(() => {
    for (const client of clients) {
      if (client.waiting.length === 0) continue
      client.socket.send(`[${client.waiting.join(',')}]`)
      client.waiting = []
    }
  }, BATCH_MS)
}
