import { Redis } from 'ioredis'
import { wordsOf } from '../../../redis/call.ts'
import { publishMarket } from '../../../wire/calls.ts'
import type { Trade } from '../../../wire/market.ts'
import type { Scene } from './scene.ts'

/** What is tried first; where the library refuses it, half as much, and so on. */
const MOST = 60_000
const SYMBOL = 'LARGE'

const trades = (first: number, count: number): Trade[] => {
  const t = Date.now()
  return Array.from({ length: count }, (_, i) => ({ id: first + i, t, price: 100 + (i % 977) / 100, size: 1 }))
}

/** The largest call that the library takes, again as soon as it is answered, always with new trades. */
export const largestCalls = async (scene: Scene): Promise<void> => {
  const redis = new Redis(scene.target.redisUrl)
  redis.on('error', () => {}) // the call tells
  scene.atEnd(() => redis.disconnect())
  let count = MOST
  let id = 1
  while (!scene.over()) {
    const call = publishMarket(SYMBOL, trades(id, count), [])
    const began = performance.now()
    try {
      scene.count('sent')
      await redis.call('FCALL', wordsOf(call))
      scene.count('served')
      scene.waited(performance.now() - began)
      scene.remark(`${count.toLocaleString('en')} trades a call`)
      id += count
    } catch (error) {
      if (scene.over()) return
      scene.count('failed')
      count = smaller(count, (error as Error).message)
    }
  }
}

/** What to try after a refusal: what it names as the most, else half. */
const smaller = (count: number, refusal: string): number => {
  const named = Number(/at most ([\d,]+)/.exec(refusal)?.[1]?.replaceAll(',', ''))
  return named > 0 && named < count ? named : Math.max(1, Math.floor(count / 2))
}
