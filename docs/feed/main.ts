import { openFeed } from '../../feed/feed.ts'

const feed = await openFeed(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { say: console.log })
feed.describe([{ symbol: 'DEMO', name: 'Demo Corporation' }])

let price = 100
const timer = setInterval(() => {
  const t = Date.now()
  price = Math.round(price * 100 + Math.random() * 20 - 10) / 100
  feed.trades('DEMO', [{ id: t, t, price, size: 10 }])
  feed.quote('DEMO', { t, bid: price - 0.25, bidSize: 100, ask: price + 0.25, askSize: 100 })
  feed.fixes('VAN-8', [{ id: 'VAN-8', n: t, t, lat: 30.25 + Math.sin(t / 60_000) / 100, lon: -97.75 }])
}, 500)

process.once('SIGINT', async () => {
  clearInterval(timer)
  const left = await feed.stop()
  console.log(`${feed.account.accepted} accepted, ${left} left`)
})
