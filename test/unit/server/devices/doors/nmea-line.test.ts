import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAddresses } from '../../../../../server/access/addresses.ts'
import { createInsist } from '../../../../../server/devices/doors/insist.ts'
import { type NmeaServer, openNmea } from '../../../../../server/devices/doors/nmea-server.ts'
import { createFaults, type Fault } from '../../../../../server/faults.ts'
import { wireError } from '../../../../../server/live/requests.ts'
import { freePort } from '../../../../../start/port.ts'
import type { Report } from '../../../../../wire/devices.ts'
import { eventually } from '../../../../support/eventually.ts'
import { gga, rmc } from '../../../simulators/replay/sentences.ts'

const KEY = 'right'

describe('NMEA over TCP', () => {
  let server: NmeaServer
  let port = 0
  let isAway = false
  let endKey: (() => void) | null = null
  const faults: Fault[] = []
  const reports: { id: string; report: Report }[] = []
  const drops: string[] = []
  const sockets: Socket[] = []

  beforeEach(async () => {
    for (const list of [faults, reports, drops]) list.length = 0
    isAway = false
    port = await freePort()
    const ports = { wait, clock: () => performance.now() }
    server = await openNmea({
      ...ports,
      config: { HOST: '127.0.0.1', NMEA_PORT: port, MAX_CONNECTIONS: 4, MAX_CONNECTIONS_PER_ADDRESS: 3 },
      addresses: createAddresses([]),
      faults: createFaults((fault) => faults.push(fault)),
      intake: {
        report: async (id, report) => {
          if (isAway) return { error: wireError('unavailable') }
          reports.push({ id, report })
          return { accepted: report.fixes?.length ?? 0, repeats: 0, refused: [], open: null }
        },
      },
      doorkeeper: {
        admit: async (id, key) => (key === KEY ? { id, keyed: 'hash' } : { error: wireError('not_signed_in') }),
      },
      followKey: (_admitted, end) => {
        endKey = end
        return { close: () => {} }
      },
      insist: createInsist(ports),
      dropped: (why) => drops.push(why),
      now: Date.now,
    })
  })

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await server.close()
    expect(faults).toEqual([])
  })

  const open = (text: string) => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    let said = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      said += data
    })
    socket.write(text)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    return { socket, said: () => said, closed }
  }
  const fixes = () => reports.flatMap(({ report }) => report.fixes ?? [])

  it('takes a device by its id and key, ids with blanks too, and its fixes with what else came at once', async () => {
    open(`BOAT 1 ${KEY}\r\n${gga('100000')}\r\n${rmc('100000')}\r\n`)
    await eventually('its fix came', () => fixes().length === 1)
    expect(reports.at(-1)).toMatchObject({ id: 'BOAT 1', report: { fixes: [{ readings: { satellites: 4 } }] } })
  })

  it.each([
    ['a wrong key', 'BOAT-1 wrong\n'],
    ['no key', 'BOAT-1\n'],
    ['a sentence', `${rmc('100000')}\n`],
  ])('ends a connection that begins with %s, and says why', async (_, text) => {
    const { said, closed } = open(text)
    await closed
    expect(said()).toMatch(/^\$WF,error,unknown,[^,]+\r\n$/)
    expect(drops).toEqual(['nmea_unknown'])
    expect(reports).toEqual([])
  })

  it('ends a connection with a line that is too long', async () => {
    const { said, closed } = open(`BOAT-1 ${KEY}\n${'$'.repeat(2000)}`)
    await closed
    expect(said()).toContain('$WF,error,long,')
  })

  it('tells of damaged lines once, counts each, and goes on', async () => {
    const { said, socket } = open(`BOAT-1 ${KEY}\n`)
    for (let i = 0; i < 5; i++) socket.write('$GPRMC,100000,A*00\n')
    socket.write(`${rmc('100001')}\n`)
    await eventually('the sound line is a fix', () => fixes().length === 1)
    expect(drops).toEqual(Array(5).fill('nmea_checksum'))
    expect(said()).toBe('$WF,error,checksum,The checksum of a line is wrong.\r\n')
  })

  it('a receiver without a position counts as heard', async () => {
    open(`BOAT-1 ${KEY}\n${rmc('100000', { status: 'V' })}\n`)
    await eventually('it was heard', () => reports.length === 1)
    expect(reports).toEqual([{ id: 'BOAT-1', report: {} }])
  })

  it('holds what comes while Redis is away, and loses nothing, though the sender goes', async () => {
    const { socket } = open(`BOAT-1 ${KEY}\n`)
    socket.write(`${rmc('100000')}\n`)
    await eventually('it is there', () => fixes().length === 1)
    isAway = true
    for (let i = 1; i <= 9; i++) socket.write(`${rmc(`10000${i}`)}\n`)
    await wait(600)
    socket.end()
    await wait(200)
    expect(fixes()).toHaveLength(1)
    isAway = false
    await eventually('all is there', () => fixes().length === 10)
    expect(fixes().map(({ t }) => t)).toEqual(
      fixes()
        .map(({ t }) => t)
        .sort((a, b) => a - b),
    )
  })

  it('reads no further while what came waits for Redis', async () => {
    const { socket } = open(`BOAT-1 ${KEY}\n${rmc('100000')}\n`)
    await eventually('it is there', () => fixes().length === 1)
    isAway = true
    const flood = `${Array.from({ length: 60 }, (_, i) => rmc(`1001${String(i).padStart(2, '0')}`)).join('\n')}\n`
    let isFull = false
    for (let i = 0; i < 20_000 && !isFull; i++) {
      if (socket.write(flood)) continue
      isFull = await Promise.race([once(socket, 'drain').then(() => false), wait(500).then(() => true)])
    }
    expect(isFull).toBe(true)
  })

  it('ends a connection whose key is taken back', async () => {
    const { said, closed } = open(`BOAT-1 ${KEY}\n${rmc('100000')}\n`)
    await eventually('it is there', () => fixes().length === 1)
    endKey?.()
    await closed
    expect(said()).toContain('$WF,error,unknown,')
  })

  it('takes as many connections of an address as it may have', async () => {
    const all = Array.from({ length: 4 }, () => open(`BOAT-1 ${KEY}\n`))
    await Promise.race(all.map(({ closed }) => closed))
    await eventually('the others stay', () => server.count() === 3)
    expect(drops).toEqual(['nmea_full'])
  })

  it('what had come is with Redis when the node has stopped', async () => {
    const { socket } = open(`BOAT-1 ${KEY}\n${rmc('100000')}\n`)
    await eventually('it is there', () => fixes().length === 1)
    socket.write(`${rmc('100001')}\n`)
    await wait(100)
    await server.close()
    expect(fixes()).toHaveLength(2)
  })
})
