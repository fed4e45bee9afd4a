import type { Segment } from '../../../../docs/client.ts'
import { type Fix, isNewer } from './device.ts'
import { follow, type Place, type Subject } from './order.ts'

type At = { t: number; n: number }
type Left = At & { id: string; to: string | null }
/**
 * `fix`: its newest; `cell`: the one it counts to; `known`: up to when is known where it is; `awaited`: since when its
 * fix is.
 */
type Device = { fix: Fix; cell: string; known: At; awaited: number | null }

const AWAITED_MS = 10_000

export type FleetMap = {
  /** The devices that are shown. */
  fixes: () => Fix[]
  /** The cells that the node watches from now on. */
  cover: (cells: readonly string[]) => Subject[]
  /** Removes devices that went on before their new cell was watched; `now` in milliseconds. */
  tick: (now: number) => void
}

/**
 * The devices of a view. Time and number say where each is, never arrival: cells are not ordered between each other.
 */
export const createMap = (now: () => number): FleetMap => {
  const devices = new Map<string, Device>()
  const departed = new Map<string, At>()
  const cells = new Map<string, Subject>()

  const remove = (id: string, { t, n }: At): void => {
    const before = departed.get(id)
    devices.delete(id)
    if (before === undefined || isNewer({ t, n }, before)) departed.set(id, { t, n })
  }

  const place = (cell: string, fix: Fix): void => {
    const device = devices.get(fix.id)
    const known = device?.known ?? departed.get(fix.id)
    if (known && isNewer(known, fix)) return
    if (device && !isNewer(fix, device.fix)) return
    devices.set(fix.id, { fix, cell, known: fix, awaited: null })
  }

  const leave = (cell: string, { id, t, n, to }: Left): void => {
    const device = devices.get(id)
    const known = device?.known
    if (known && isNewer(known, { t, n })) return
    if (device && known?.t === t && known.n === n && device.cell !== cell) return
    if (device && to !== null && cells.has(to))
      devices.set(id, { ...device, cell: to, known: { t, n }, awaited: now() })
    else remove(id, { t, n })
  }

  const subject = (cell: string): Subject => {
    let own: Place | null = null
    return {
      topic: `c:${cell}`,
      stands: () => own?.cursor ?? null,
      asksFrom: () => own?.cursor ?? null,
      begin: (cursor, snapshot) => {
        own = { cursor }
        const { fixes } = snapshot as { fixes: Fix[] }
        const inside = new Set(fixes.map(({ id }) => id))
        for (const [id, device] of devices) if (device.cell === cell && !inside.has(id)) devices.delete(id)
        for (const fix of fixes) place(cell, fix)
      },
      take: (update: Segment) => {
        const { fixes = [], left = [] } = update as { fixes?: Fix[]; left?: Left[] }
        const apply = (): void => {
          for (const fix of fixes) place(cell, fix)
          for (const gone of left) leave(cell, gone)
        }
        return own !== null && follow(own, update, apply)
      },
    }
  }

  return {
    fixes: () => [...devices.values()].map(({ fix }) => fix),
    cover: (watched) => {
      for (const cell of cells.keys()) if (!watched.includes(cell)) cells.delete(cell)
      for (const [id, { cell }] of devices) if (!watched.includes(cell)) devices.delete(id)
      for (const cell of watched) cells.set(cell, cells.get(cell) ?? subject(cell))
      return [...cells.values()]
    },
    tick: (at) => {
      for (const [id, { awaited, known }] of devices)
        if (awaited !== null && at - awaited > AWAITED_MS) remove(id, known)
    },
  }
}
