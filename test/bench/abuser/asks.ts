import { createRandom } from '../../../simulators/random.ts'
import { deviceName, HISTORY } from '../abuse/history.ts'
import { symbolName } from '../floor.ts'
import type { Ask } from './loops.ts'

const candles = (): Ask => {
  let i = 0
  return () => ({ path: `/api/symbols/${symbolName(i++ % HISTORY.symbols)}/candles?limit=1` })
}

const tracks = (): Ask => {
  let i = 0
  return () => ({ path: `/api/devices/${deviceName(i++ % HISTORY.tracks)}/track?limit=2000` })
}

const devices = (): Ask => {
  const random = createRandom(3)
  return () => ({ path: `/api/devices?limit=500&q=${random.below(100_000).toString(36)}` })
}

const missing = (): Ask => {
  let i = 0
  return () => ({ path: `/api/${i++}/nothing` })
}

/** By turns the script, which stays as it is, and the symbols, by the ETag that came last. */
const unchanged = (script: string): Ask => {
  const etags = new Map<string, string | null>()
  let i = 0
  return () => {
    const path = i++ % 2 ? '/api/symbols' : script
    return { path, etag: etags.get(path) ?? null, keep: (etag) => void (etag && etags.set(path, etag)) }
  }
}

/** Reports of a device, each with a key that is none. */
export const guesses = (): Ask => {
  const random = createRandom(4)
  return () => ({ path: `/in/${random.next().toString(36).slice(2)}?id=BENCH-1&lat=30&lon=-97` })
}

/** What a loop asks for, by the name of its abuse; `script` is the path of the dashboard's script. */
export const ASKS = {
  symbols: (): Ask => () => ({ path: '/api/symbols' }),
  candles,
  tracks,
  devices,
  assets:
    (script: string): Ask =>
    () => ({ path: script }),
  missing,
  unchanged,
} as const satisfies Record<string, (script: string) => Ask>
