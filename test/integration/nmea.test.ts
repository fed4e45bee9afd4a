import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Child, startChild } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import type { Fix } from '../../wire/fleet.ts'
import { RECORDINGS } from '../support/data.ts'
import { addDevices } from '../support/device-floor.ts'
import { eventually } from '../support/eventually.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'
import { findTool } from '../support/tools.ts'
import { fixesOf, read } from '../unit/simulators/replay/read.ts'
import { rmc } from '../unit/simulators/replay/sentences.ts'

const [gpsfake, gpspipe, socat, gpsd] = ['gpsfake', 'gpspipe', 'socat', 'gpsd'].map(findTool)
const hasChain = Boolean(gpsfake && gpspipe && socat && gpsd)
const NO_CHAIN = 'no gpsfake, gpspipe, socat and gpsd here: install them to test a real GPS daemon'

const LOG = `${RECORDINGS}/nmea/iTrek.log`

/** Eight hours of a receiver that tells where it is once a minute; three times, for twenty minutes, Redis is away. */
const MINUTES = 480
const OUTAGE = 20
const OUTAGES = 3

describe('receivers that send NMEA over TCP', () => {
  let redis: SingleRedis
  let node: TestNode
  let nmeaPort = 0
  let keys = new Map<string, string>()
  const children: Child[] = []

  const start = (name: string, command: string): Child => {
    // Its own group, so that what it starts ends with it.
    const child = startChild(name, 'sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  const track = async (id: string): Promise<Fix[]> => {
    const response = await fetch(`${node.url}/api/devices/${id}/track?limit=2000`)
    return response.ok ? ((await response.json()) as { fixes: Fix[] }).fixes : []
  }

  beforeAll(async () => {
    redis = await startSingleRedis()
    nmeaPort = await freePort()
    const env = { NMEA_PORT: String(nmeaPort), HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1' }
    node = await startNode({ redisUrl: redis.url, env })
    keys = await addDevices(node, [{ id: 'BOAT-1' }, { id: 'BOAT-2' }])
  })
  afterAll(async () => {
    for (const { process: child } of children) if (child.pid) process.kill(-child.pid, 'SIGKILL')
    await node?.kill()
    await redis?.stop()
  })

  it.skipIf(!hasChain)(
    hasChain ? 'a recorded one behind a real GPS daemon is on the floor as it was' : NO_CHAIN,
    async () => {
      const recorded = fixesOf(read(await readFile(LOG, 'utf8'), 'nmea'))
      const wanted = new Set(recorded.map(({ t }) => t))
      const gpsPort = await freePort()
      // It plays the recording again and again: what comes twice is known.
      start('gpsfake', `exec ${gpsfake} -q -c 0.01 -P ${gpsPort} ${LOG}`)
      const chain = `(echo 'BOAT-1 ${keys.get('BOAT-1')}'; exec ${gpspipe} -r 127.0.0.1:${gpsPort}) | ${socat} - TCP:127.0.0.1:${nmeaPort}`
      start('chain', `until ${gpspipe} -n 1 -w 127.0.0.1:${gpsPort}; do sleep 0.2; done; ${chain}`)
      await eventually(
        'all of it is there',
        async () => new Set((await track('BOAT-1')).map(({ t }) => t)).size >= wanted.size,
      )
      const places = new Map(recorded.map((fix) => [fix.t, fix]))
      for (const { t, lat, lon } of await track('BOAT-1')) {
        expect(lat).toBeCloseTo(places.get(t)?.lat ?? Number.NaN, 4)
        expect(lon).toBeCloseTo(places.get(t)?.lon ?? Number.NaN, 4)
      }
      expect((await track('BOAT-1')).some(({ readings }) => readings?.satellites !== undefined)).toBe(true)
    },
  )

  it('a day with three outages of Redis is complete and in order', async () => {
    const began = Math.floor(Date.now() / 60_000) * 60_000 - MINUTES * 60_000
    const sentences = Array.from({ length: MINUTES }, (_, i) => {
      const [date = '', time = ''] = new Date(began + i * 60_000).toISOString().split('T')
      const [year = '', month = '', day = ''] = date.slice(2).split('-')
      return rmc(time.slice(0, 8).replaceAll(':', ''), { date: `${day}${month}${year}` })
    })
    const send = (from: number, to: number) => socket.write(`${sentences.slice(from, to).join('\r\n')}\r\n`)
    const socket = connect(nmeaPort, '127.0.0.1')
    socket.write(`BOAT-2 ${keys.get('BOAT-2')}\r\n`)
    const piece = MINUTES / (OUTAGES + 1)
    for (let i = 0; i <= OUTAGES; i++) {
      send(i * piece, (i + 1) * piece - OUTAGE)
      // The last moment is told when nothing more comes of it.
      await eventually('all of it is there', async () => (await track('BOAT-2')).length === (i + 1) * piece - OUTAGE)
      if (i < OUTAGES) await redis.halt()
      send((i + 1) * piece - OUTAGE, (i + 1) * piece)
      await wait(1000)
      if (i < OUTAGES) await redis.restart()
      await eventually('it has caught up', async () => (await track('BOAT-2')).length === (i + 1) * piece)
    }
    expect((await track('BOAT-2')).map(({ t }) => t)).toEqual(sentences.map((_, i) => began + i * 60_000))
    socket.destroy()
  })
})
