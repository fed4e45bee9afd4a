import type { Cursor, Segment } from '../../../../docs/client.ts'
import { follow, type Place, type Subject } from './order.ts'

export type Fix = { id: string; n: number; t: number; lat: number; lon: number; doubtful?: true }
type State = { last: Fix | null }

export const isNewer = (a: { t: number; n: number }, b: { t: number; n: number }): boolean =>
  a.t > b.t || (a.t === b.t && a.n > b.n)

/** The newer of what is known and a fix that says where the device is. */
const newest = (last: Fix | null, fix: Fix): Fix | null =>
  fix.doubtful || (last !== null && !isNewer(fix, last)) ? last : fix

const AGAIN_MS = 300

export type DeviceView = Subject & {
  last: () => Fix | null
  /** In order of time; null while it is being read. */
  track: () => Fix[] | null
}

/** A device's last fix and its track. A track is a set of fixes by their numbers: what comes twice does no harm. */
export const watchDevice = (id: string, url: () => string): DeviceView => {
  let own: (Place & State) | null = null
  let track = new Map<number, Fix>()
  let reading = 0
  let isRead = false

  const load = async (): Promise<void> => {
    const turn = ++reading
    isRead = false
    try {
      const response = await fetch(`${url()}/api/devices/${encodeURIComponent(id)}/track?limit=2000`)
      if (!response.ok) throw new Error(`${response.status} for ${id}`)
      const { fixes } = (await response.json()) as { fixes: Fix[] }
      if (turn !== reading) return
      for (const fix of fixes) track.set(fix.n, fix)
      isRead = true
    } catch {
      setTimeout(() => turn === reading && void load(), AGAIN_MS)
    }
  }

  return {
    topic: `d:${id}`,
    last: () => own?.last ?? null,
    track: () => (isRead ? [...track.values()].sort((a, b) => (isNewer(a, b) ? 1 : -1)) : null),
    stands: () => own?.cursor ?? null,
    asksFrom: () => own?.cursor ?? null,
    begin: (cursor: Cursor, snapshot) => {
      own = { cursor, last: (snapshot as State).last }
      track = new Map()
      void load()
    },
    take: (update: Segment) => {
      const state = own
      if (state === null) return false
      const { fixes = [] } = update as { fixes?: Fix[] }
      return follow(state, update, () => {
        state.last = fixes.reduce<Fix | null>(newest, state.last)
        for (const fix of fixes) track.set(fix.n, fix)
      })
    },
  }
}
