import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../start/port.ts'
import { eventually } from '../support/eventually.ts'
import { startFloor } from '../support/floor.ts'
import { startClusterRedis } from '../support/redis-cluster.ts'
import { startSentinelRedis } from '../support/redis-sentinel.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const open = (REDIS_URL: string) => {
  const floor = startFloor({ PORT: '0', REDIS_URL }, ['--symbols', '12', '--devices', '3', '--history', '0'])
  undo.push(async () => {
    floor.signal('SIGTERM')
    await floor.ended
  })
  return floor
}

/** What a floor that cannot start says: one line, and then it ends with an error. */
const refusal = async (url: string): Promise<string> => {
  const floor = open(url)
  expect(await floor.ended).toEqual({ code: 1, signal: null })
  const [line = '', ...others] = floor.output().trim().split('\n')
  expect(others).toEqual([])
  expect(line).not.toContain('secret')
  return line
}

describe('a floor on a Redis of another kind', () => {
  it.each([
    ['Sentinels', startSentinelRedis],
    ['a Cluster', startClusterRedis],
  ])('runs its server and its simulators on %s', async (_, startRedis) => {
    const redis = await startRedis()
    undo.push(redis.stop)
    const floor = open(redis.url)
    const address = await floor.opened()
    await eventually('every symbol trades', async () => {
      const { symbols } = await (await fetch(`${address}/api/symbols`)).json()
      return symbols.length === 12 && symbols.every(({ last }: { last: unknown }) => last !== null)
    })
    floor.signal('SIGTERM')
    expect(await floor.ended).toEqual({ code: 0, signal: null })
    expect(floor.output()).not.toMatch(/error|unexpected/i)
  })

  it('says what helps where Sentinels know no primary of that name, or nobody is there', async () => {
    const redis = await startSentinelRedis()
    undo.push(redis.stop)
    const unknown = await refusal(redis.url.replace('/floor', '/flour'))
    expect(unknown).toMatch(/No such master with that name.*SENTINEL MASTERS/)
    expect(await refusal(`redis+sentinel://:secret@127.0.0.1:${await freePort()}/floor`)).toMatch(/nobody answers/)
  })

  it('says what helps where the servers form no Cluster, or nobody is there', async () => {
    const redis = await startSentinelRedis()
    undo.push(redis.stop)
    const { host, port, password } = await redis.server()
    const line = await refusal(`redis+cluster://:${password}@${host}:${port}`)
    expect(line).toMatch(/cluster support disabled.*cluster-enabled yes/)
    expect(await refusal(`redis+cluster://:secret@127.0.0.1:${await freePort()}`)).toMatch(/nobody answers/)
  })

  it('says what is wrong with an address', async () => {
    expect(await refusal('redis+sentinel://:secret@a:1,b:2')).toMatch(/REDIS_URL.*must end with the primary's name/)
    expect(await refusal('redis://:secret@a:1,b:2')).toMatch(/REDIS_URL names several hosts/)
  })
})
