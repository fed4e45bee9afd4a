import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { connectDevice, Device, Fix, Life } from '../../../docs/device.ts'
import { Mistake } from '../../../simulators/flags.ts'
import { createConnected } from '../../../simulators/fleet/connected.ts'
import { createMembers } from '../../../simulators/fleet/fleet.ts'
import { addDevices, type KeysPorts, keyFile } from '../../../simulators/fleet/keys.ts'
import { readCircuits } from '../../../simulators/fleet/network.ts'

const circuits = readCircuits(readFileSync(new URL('../../../data/austin-routes.json', import.meta.url), 'utf8'))
const START = Date.UTC(2026, 0, 5, 12)
const HOUR = 3_600_000

/** Clients that only write down what they are told. */
const startDevice = () => {
  const log: { fixes: Fix[]; told: Life[]; keys: string[]; sleeps: number; wakes: number; closes: number } = {
    fixes: [],
    told: [],
    keys: [],
    sleeps: 0,
    wakes: 0,
    closes: 0,
  }
  const journals = new Set<Device['journal']>()
  let given: Device | null = null
  const connect = (_url: string, device: Device): ReturnType<typeof connectDevice> => {
    given = device
    log.keys.push(device.key)
    journals.add(device.journal)
    return {
      account: { accepted: 10, repeats: 1, refused: 0, dropped: 0, why: '' },
      kept: () => 2,
      isConnected: () => true,
      fix: (fix) => void log.fixes.push(fix),
      tell: (life) => void log.told.push(life),
      sleep: () => void log.sleeps++,
      wake: () => void log.wakes++,
      close: () => void log.closes++,
    }
  }
  const [member] = createMembers({
    circuits,
    devices: 1,
    seed: 3,
    interval: 2,
    firstNumber: 1,
    start: START,
    sensors: true,
  })
  if (!member) throw new Error('no device')
  const device = createConnected(member, { floor: 'http://floor', connect, wait: async () => {}, refused: () => {} })
  const run = (from: number, to: number): void => {
    for (let t = from; t <= to; t += 1000) device.step(t)
  }
  return { device, log, journals, run, member, given: () => given }
}

describe('a simulated device with a connection', () => {
  it('is nowhere until it has a key; then it reports, each number once', () => {
    const { device, log, run } = startDevice()
    run(START, START + 60_000)
    expect(log.fixes).toEqual([])
    device.open('key')
    run(START + 61_000, START + 600_000)
    const numbers = log.fixes.map(({ n }) => n)
    expect(numbers.length).toBeGreaterThan(100)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(Object.keys(log.fixes[0] ?? {})).not.toContain('id')
  })

  it('is silent while it is parked, loses its signal, and restarts with its journal and the same key', () => {
    const { device, log, journals, run } = startDevice()
    device.open('key')
    run(START, START + 24 * HOUR)
    expect(log.told.filter(({ parked }) => parked).length).toBeGreaterThan(3)
    const parked = log.fixes.map(({ parked }) => parked === true)
    expect(parked.some((is, i) => is && parked[i + 1])).toBe(false)
    expect(log.sleeps).toBeGreaterThan(10)
    expect(log.wakes).toBeGreaterThan(10)
    expect(log.closes).toBeGreaterThan(0)
    expect([new Set(log.keys), journals.size]).toEqual([new Set(['key']), 1])
    const starts = log.keys.length
    // Redis takes whole milliseconds only.
    expect(log.fixes.every(({ t }) => Number.isInteger(t))).toBe(true)
    expect(device.figures()).toMatchObject({ accepted: 10 * starts, repeats: starts, lost: 2 * (starts - 1) })
  })

  it('reports at the interval that it is told, and at once where it is asked to', async () => {
    const { device, log, run, given } = startDevice()
    device.open('key')
    run(START, START + 10_000)
    const act = async (kind: string, args = {}): Promise<string> => {
      // A driver may refuse: then it is asked again.
      for (;;) {
        const outcome = await given()?.obey({ id: 'a', kind, args, until: 0 }, () => false)
        if (outcome?.state === 'done') return outcome.state
      }
    }
    await act('report_every', { seconds: 60 })
    expect(log.told.at(-1)).toEqual({ every: 60 })
    const before = log.fixes.length
    run(START + 11_000, START + 191_000)
    expect(log.fixes.length - before).toBeLessThan(5)
    await act('report_now')
    const asked = log.fixes.length
    run(START + 192_000, START + 193_000)
    expect(log.fixes.length).toBe(asked + 1)
  })
})

describe('keys of simulated devices', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  const ports = (
    responses: (() => Response)[],
    said: string[] = [],
  ): KeysPorts & { asked: [string, RequestInit][] } => {
    const asked: [string, RequestInit][] = []
    return {
      asked,
      floor: 'http://floor:3000',
      token: undefined,
      sleep: async () => {},
      say: (line) => said.push(line),
      signal: new AbortController().signal,
      fetch: async (url: string | URL | Request, init?: RequestInit) => {
        asked.push([String(url), init ?? {}])
        const next = responses.shift()
        if (next) return next()
        const { devices } = JSON.parse(String(init?.body)) as { devices: { id: string }[] }
        return Response.json({ devices: devices.map(({ id }) => ({ id, key: `${id}-key`, added: true })) })
      },
    }
  }
  const devices = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `BUS-${i}`, name: `Bus ${i}` }))

  it('are asked for 500 at a time, again where the floor is away, by a token where there is one', async () => {
    const said: string[] = []
    const away = (): Response => {
      throw new Error('ECONNREFUSED')
    }
    const given = ports([away, () => new Response('', { status: 503 })], said)
    const keys = await addDevices(devices(1100), { ...given, token: 'secret' })
    expect([keys.size, keys.get('BUS-1099')]).toEqual([1100, 'BUS-1099-key'])
    expect(given.asked.length).toBe(2 + 3)
    expect(given.asked[0]?.[0]).toBe('http://floor:3000/api/devices')
    expect(new Headers(given.asked[0]?.[1].headers).get('authorization')).toBe('Bearer secret')
    expect(said.length).toBe(1)
  })

  it('that nobody may have are a mistake, which says the remedy', async () => {
    const given = ports([() => new Response('', { status: 401 })])
    const adding = addDevices(devices(1), given)
    await expect(adding).rejects.toThrow(Mistake)
    await expect(adding).rejects.toThrow('FLOOR_TOKEN')
  })

  it('are kept in a file of their owner, by floor', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'))
    folders.push(folder)
    const path = join(folder, 'made', 'keys.json')
    const file = keyFile(path)
    expect(file.read('http://a').size).toBe(0)
    file.write('http://a', new Map([['BUS-1', 'x']]))
    file.write('http://b', new Map([['BUS-1', 'y']]))
    expect(file.read('http://a')).toEqual(new Map([['BUS-1', 'x']]))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})
