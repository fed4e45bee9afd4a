import { readFile } from 'node:fs/promises'
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

const [gpsfake, gpspipe, socat, gpsd] = ['gpsfake', 'gpspipe', 'socat', 'gpsd'].map(findTool)
const hasChain = Boolean(gpsfake && gpspipe && socat && gpsd)
const NO_CHAIN = 'no gpsfake, gpspipe, socat and gpsd here: install them to test a real GPS daemon'

const LOG = `${RECORDINGS}/nmea/iTrek.log`

describe.skipIf(!hasChain)(hasChain ? 'a recorded receiver behind a real GPS daemon' : NO_CHAIN, () => {
  let redis: SingleRedis
  let node: TestNode
  let nmeaPort = 0
  let key = ''
  const children: Child[] = []

  const start = (name: string, command: string): Child => {
    // Its own group, so that what it starts ends with it.
    const child = startChild(name, 'sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  const track = async (): Promise<Fix[]> => {
    const response = await fetch(`${node.url}/api/devices/BOAT-1/track?limit=2000`)
    return response.ok ? ((await response.json()) as { fixes: Fix[] }).fixes : []
  }

  beforeAll(async () => {
    redis = await startSingleRedis()
    nmeaPort = await freePort()
    const env = { NMEA_PORT: String(nmeaPort), HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1' }
    node = await startNode({ redisUrl: redis.url, env })
    key = (await addDevices(node, [{ id: 'BOAT-1' }])).get('BOAT-1') ?? ''
  })
  afterAll(async () => {
    for (const { process: child } of children) if (child.pid) process.kill(-child.pid, 'SIGKILL')
    await node?.kill()
    await redis?.stop()
  })

  it('is on the floor as it was recorded', async () => {
    const recorded = fixesOf(read(await readFile(LOG, 'utf8'), 'nmea'))
    const wanted = new Set(recorded.map(({ t }) => t))
    const gpsPort = await freePort()
    // It plays the recording again and again: what comes twice is known.
    start('gpsfake', `exec ${gpsfake} -q -c 0.01 -P ${gpsPort} ${LOG}`)
    const chain = `(echo 'BOAT-1 ${key}'; exec ${gpspipe} -r 127.0.0.1:${gpsPort}) | ${socat} - TCP:127.0.0.1:${nmeaPort}`
    start('chain', `until ${gpspipe} -n 1 -w 127.0.0.1:${gpsPort}; do sleep 0.2; done; ${chain}`)
    await eventually('all of it is there', async () => new Set((await track()).map(({ t }) => t)).size >= wanted.size)
    const places = new Map(recorded.map((fix) => [fix.t, fix]))
    for (const { t, lat, lon } of await track()) {
      expect(lat).toBeCloseTo(places.get(t)?.lat ?? Number.NaN, 4)
      expect(lon).toBeCloseTo(places.get(t)?.lon ?? Number.NaN, 4)
    }
    expect((await track()).some(({ readings }) => readings?.satellites !== undefined)).toBe(true)
  })
})
