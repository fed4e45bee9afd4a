import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fix } from '../../wire/fleet.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { addDevices } from '../support/devices/keys.ts'
import { PHONES, type Phone, type PhoneFix } from '../support/devices/phones.ts'
import { eventually } from '../support/eventually.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'
import { signIn } from '../support/talkers/sign-in.ts'

/*
 * Eight hours of a phone, in less time: through each door it sends what it has as its app would, keeps what nobody took,
 * and sends that again, oldest first. Three times, for twenty minutes, it is cut off: it has no network; Redis is away;
 * it is heard, and does not hear.
 */

/** As often as a phone's app does; no device may report much more than 600 times at once. */
const EVERY_S = 60
const DAY = (8 * 3600) / EVERY_S
const OUTAGE = (20 * 60) / EVERY_S
const OUTAGES = ['no network', 'redis away', 'deaf'] as const
/** A phone that gets no answer tries again after so many fixes. */
const TRIES_EVERY = 7
const NAMES = Object.keys(PHONES) as (keyof typeof PHONES)[]
const FREE = { HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1', CLIENT_SHARE: '1', MAX_REQUESTS: '100000' }

let redis: SingleRedis
let node: TestNode
let client: TestClient
let phones: { name: string; phone: Phone; queue: PhoneFix[] }[]

const idOf = (name: string): string => `PHONE-${name}`
const began = Math.floor(Date.now() / 1000) - 8 * 3600
const degrees = (value: number): number => Number(value.toFixed(6))
const day: PhoneFix[] = Array.from({ length: DAY }, (_, i) => ({
  s: began + i * EVERY_S,
  lat: degrees(30.27 + 0.05 * Math.sin(i / 60)),
  lon: degrees(-97.74 + 0.05 * Math.cos(i / 60)),
  speed: 1,
  heading: i % 360,
}))

beforeAll(async () => {
  redis = await startSingleRedis()
  node = await startNode({ redisUrl: redis.url, env: { ...FREE, REAP_AFTER_S: '100000' } })
  const cookie = await signIn(node.url, 'dispatcher')
  const members = await addDevices(node.url, cookie, NAMES.map(idOf))
  phones = NAMES.map((name, i) => {
    const { id = '', key = '' } = members[i] ?? {}
    return { name, phone: PHONES[name]({ url: node.url, id, key }), queue: [] }
  })
  client = await connectClient(node.url)
})
afterAll(async () => {
  client?.close()
  for (const { phone } of phones ?? []) phone.close()
  await node?.stop()
  await redis?.stop()
})

/** Sends all that waits, oldest first, however long it takes. */
const flush = async ({ phone, queue }: (typeof phones)[number]): Promise<void> => {
  while (queue.length > 0) {
    const some = queue.slice(0, phone.atOnce)
    await eventually('it is taken', () => phone.send(some), { everyMs: 100 })
    queue.splice(0, some.length)
  }
}

/** How a phone goes through a while: what it has at the end waits in its queue, but in the usual way. */
const WAYS = {
  usual: async (own, fixes) => {
    for (const fix of fixes) {
      own.queue.push(fix)
      if (own.queue.length >= own.phone.atOnce) await flush(own)
    }
    await flush(own)
  },
  'no network': async ({ queue }, fixes) => void queue.push(...fixes),
  'redis away': async ({ phone, queue }, fixes) => {
    for (const [i, fix] of fixes.entries()) {
      queue.push(fix)
      if (i % TRIES_EVERY === 0) expect(await phone.send(queue.slice(0, phone.atOnce))).toBe(false)
    }
  },
  deaf: async ({ phone, queue }, fixes) => {
    for (const fix of fixes) {
      queue.push(fix)
      await phone.send([fix])
    }
  },
} as const satisfies Record<string, (own: (typeof phones)[number], fixes: readonly PhoneFix[]) => Promise<void>>

const together = (way: keyof typeof WAYS, fixes: readonly PhoneFix[]): Promise<unknown> =>
  Promise.all(phones.map((own) => WAYS[way](own, fixes)))

const isReady = async (): Promise<boolean> => (await fetch(`${node.url}/readyz`)).ok

const trackOf = async (name: string): Promise<Fix[]> => {
  const response = await fetch(`${node.url}/api/devices/${idOf(name)}/track?limit=2000`)
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as { fixes: Fix[] }).fixes
}
const ways = (fixes: readonly Pick<Fix, 't' | 'lat' | 'lon' | 'doubtful'>[]) =>
  fixes.map(({ t, lat, lon, doubtful }) => ({ t, lat, lon, ...(doubtful && { doubtful }) }))
const whole = day.map(({ s, lat, lon }) => ({ t: s * 1000, lat, lon }))

test('a day of a phone with three outages: through each door the track is complete and in order', async () => {
  const piece = Math.floor(DAY / (OUTAGES.length + 1))
  for (const [i, outage] of OUTAGES.entries()) {
    const at = i * piece
    await together('usual', day.slice(at, at + piece - OUTAGE))
    if (outage === 'redis away') {
      await redis.halt()
      await eventually('it is noticed', async () => !(await isReady()))
    }
    await together(outage, day.slice(at + piece - OUTAGE, at + piece))
    if (outage === 'redis away') {
      await redis.restart()
      await eventually('Redis is back', isReady)
    }
  }
  await together('usual', day.slice(OUTAGES.length * piece))
  for (const { name, queue } of phones) {
    expect(queue, name).toEqual([])
    expect(ways(await trackOf(name)), name).toEqual(whole)
  }
})

test('what comes again leaves no trace, and nobody is told', async () => {
  await client.watchTopics(...NAMES.map((name) => `d:${idOf(name)}`))
  await together('usual', day.slice(-OUTAGE * 2))
  await sleep(200)
  for (const { name } of phones) {
    expect(ways(await trackOf(name)), name).toEqual(whole)
    expect(client.segments(`d:${idOf(name)}`).flatMap((segment) => ('fixes' in segment ? segment.fixes : []))).toEqual(
      [],
    )
  }
})
