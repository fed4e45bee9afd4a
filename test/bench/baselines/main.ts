import { startAdapter } from './adapter.ts'
import { startChat } from './chat.ts'
import { startDevices } from './devices.ts'
import { createPages } from './pages.ts'
import { startWsBatches, startWsPerTrade } from './ws.ts'

const STARTS = {
  adapter: (redisUrl: string, port: number) => startAdapter(redisUrl, port),
  'adapter-pages': (redisUrl: string, port: number) => startAdapter(redisUrl, port, createPages()),
  chat: startChat,
  devices: startDevices,
  ws: startWsPerTrade,
  'ws-batch': startWsBatches,
} as const

const [, , name = '', redisUrl = '', port = ''] = process.argv
const start = STARTS[name as keyof typeof STARTS]
await start(redisUrl, Number(port))
process.send?.('ready')
