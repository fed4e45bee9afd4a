import type { Report, ReportedFix } from '../../../wire/devices.ts'
import type { DeviceOptions } from './options.ts'

type Ask = (event: 'report', payload: Report) => Promise<object | null>

/** Fixes in one report; a device that was away has more, and sends them one report after the other. */
const AT_ONCE = 50
/** Metres in a degree of latitude. */
const DEGREE_M = 111_320

/** Where a device is that drives straight north since then, and how fast it says it goes. */
export const placeOf = ({ start, speed }: Pick<DeviceOptions, 'start' | 'speed'>, began: number, now: number) => ({
  lat: start.lat + (((now - began) / 1000) * speed) / DEGREE_M,
  lon: start.lon,
  speed,
})

/** What a device knows of its own way: it keeps each fix until a node has acknowledged it. */
export const createFixes = (options: DeviceOptions, ask: Ask, isLost: () => boolean) => {
  const { behindMs, takes } = options
  const kept: ReportedFix[] = []
  const faults: string[] = []
  const began = Date.now()
  let count = 0
  let isSending = false

  const send = async (): Promise<void> => {
    if (isSending) return
    isSending = true
    try {
      for (let goes = true; goes; ) {
        const some = kept.slice(0, AT_ONCE)
        const reply = await ask('report', { fixes: some, takes: [...takes] })
        goes = false
        if (reply === null || isLost()) continue // they go again with the next one
        const { error, refused = [] } = reply as { error?: { code: string }; refused?: string[] }
        if (error === undefined) kept.splice(0, some.length)
        else if (error.code !== 'unavailable' && error.code !== 'rate_limited') faults.push(`report ${error.code}`)
        if (refused.length > 0) faults.push(`fixes refused: ${refused}`)
        goes = error === undefined && kept.length > 0
      }
    } finally {
      isSending = false
    }
  }
  const next = (): void => {
    const t = Date.now()
    kept.push({ n: ++count, t: t - behindMs, ...placeOf(options, began, t) })
    void send()
  }
  return { next, send, faults, count: (): number => count, waiting: (): number => kept.length }
}
