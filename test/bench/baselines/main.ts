import { startAdapter } from './adapter.ts'
import { startWsBatches, startWsPerTrade } from './ws.ts'

const STARTS = { adapter: startAdapter, ws: startWsPerTrade, 'ws-batch': startWsBatches } as const

const [, , name = '', redisUrl = '', port = ''] = process.argv
const start = STARTS[name as keyof typeof STARTS]
await start(redisUrl, Number(port))
process.send?.('ready')
