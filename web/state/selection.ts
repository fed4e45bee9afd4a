import { signal } from '@preact/signals'
import type { TrackReply } from '../../wire/api.ts'
import type { Command } from '../../wire/commands.ts'
import { type DeviceSnapshot, type DeviceUpdate, type Fix, isNewer, type Life } from '../../wire/fleet.ts'
import { foldCommands } from '../../wire/fold-commands.ts'

/**
 * The selected device. `refused`: this person may not see it, and nothing of it is known. `last`: the newest fix that
 * is not doubtful. `track`: its recent fixes in order of time, the newest last; `doubtful`: those that do not move it.
 * `heardAt`: when anything of it came. `life`: what else is known of it; null as long as nothing was told. `commands`:
 * those under way and the last ten others, oldest first.
 */
export type Selected = {
  id: string
  phase: 'loading' | 'ready' | 'error' | 'refused'
  error: string | null
  last: Fix | null
  cell: string | null
  heardAt: number
  track: readonly Fix[]
  doubtful: readonly Fix[]
  life: Life | null
  commands: readonly Command[]
}

const MOST_FIXES = 2_000
/** How far back a track is read, in milliseconds. */
export const TRACK_SPAN = 45 * 60_000

const inOrder = (fixes: readonly Fix[]): boolean =>
  fixes.every((fix, i) => {
    const before = fixes[i - 1]
    return before === undefined || isNewer(fix, before)
  })

/** Two runs of fixes as one, in order of time, each once, the newest {@link MOST_FIXES} of them. */
export const mergeTrack = (a: readonly Fix[], b: readonly Fix[]): Fix[] => {
  const joined = [...a, ...b]
  if (inOrder(joined)) return joined.slice(-MOST_FIXES)
  const byNumber = new Map(joined.map((fix) => [`${fix.t}.${fix.n}`, fix]))
  return [...byNumber.values()].toSorted((x, y) => (isNewer(x, y) ? 1 : -1)).slice(-MOST_FIXES)
}

const isSure = ({ doubtful }: Fix): boolean => !doubtful
const isDoubtful = ({ doubtful }: Fix): boolean => doubtful === true

const newest = (a: Fix | null, b: Fix | null | undefined): Fix | null => (a && (!b || !isNewer(b, a)) ? a : (b ?? null))

/** What the device is, with these fixes more. */
const withFixes = ({ track, doubtful, last }: Selected, fixes: readonly Fix[]) => ({
  track: mergeTrack(track, fixes.filter(isSure)),
  doubtful: mergeTrack(doubtful, fixes.filter(isDoubtful)),
  last: fixes.filter(isSure).reduce<Fix | null>(newest, last),
})

export type LoadTrack = (id: string, since: number) => Promise<TrackReply>

const UNREAD: Omit<Selected, 'id'> = {
  phase: 'loading',
  error: null,
  last: null,
  cell: null,
  heardAt: 0,
  track: [],
  doubtful: [],
  life: null,
  commands: [],
}

/** The selected device: its track from history, then live. `wake` is called when the map has to be drawn again. */
export const createSelection = (load: LoadTrack, wake: () => void) => {
  const selected = signal<Selected | null>(null)

  const change = (id: string, part: (now: Selected) => Partial<Selected>): void => {
    const shown = selected.value
    if (shown?.id !== id) return
    selected.value = { ...shown, ...part(shown) }
    wake()
  }
  /** What was read of its past counts no more once it may not be seen. */
  const changeUnlessRefused = (id: string, part: (now: Selected) => Partial<Selected>): void => {
    if (selected.value?.phase !== 'refused') change(id, part)
  }
  const read = async (id: string, since: number): Promise<void> => {
    try {
      const { fixes } = await load(id, since)
      changeUnlessRefused(id, (shown) => ({ phase: 'ready', error: null, ...withFixes(shown, fixes) }))
    } catch (error) {
      changeUnlessRefused(id, () => ({
        phase: 'error',
        error: error instanceof Error ? error.message : 'The track can’t be loaded.',
      }))
    }
  }

  return {
    selected,
    /** Selects a device; `serverNow` tells how far back its track is read. */
    select: (id: string | null, serverNow: number): void => {
      if (id === (selected.value?.id ?? null)) return
      selected.value = id === null ? null : { id, ...UNREAD }
      wake()
      if (id !== null) void read(id, serverNow - TRACK_SPAN)
    },
    retry: (serverNow: number): void => {
      const id = selected.value?.id
      if (id === undefined) return
      change(id, () => ({ phase: 'loading', error: null }))
      void read(id, serverNow - TRACK_SPAN)
    },
    /** The device's state anew. What was missed on the way to it is read from its track. */
    snapshot: (id: string, snapshot: DeviceSnapshot, now: number, serverNow: number): void => {
      const { last, cell, life = null, commands = [] } = snapshot
      const again = selected.value?.id === id && selected.value.phase === 'refused'
      const heard = life?.heard ?? last?.t
      change(id, (shown) => ({
        phase: again ? 'loading' : shown.phase,
        cell,
        last: newest(shown.last, last),
        heardAt: heard === undefined ? shown.heardAt : now - Math.max(0, serverNow - heard),
        life,
        commands,
      }))
      if (again) void read(id, serverNow - TRACK_SPAN)
      const ours = selected.value?.track.at(-1) ?? selected.value?.doubtful.at(-1)
      if (last && ours && isNewer(last, ours)) void read(id, ours.t)
    },
    update: (
      id: string,
      { fixes = [], life, commands = [] }: DeviceUpdate,
      cellOf: (fix: Fix, before: string | null) => string,
      now: number,
    ): void =>
      change(id, (shown) => {
        const next = withFixes(shown, fixes)
        return {
          ...next,
          cell: fixes.length > 0 && next.last ? cellOf(next.last, shown.cell) : shown.cell,
          ...((fixes.length > 0 || life) && { heardAt: now }),
          ...(life && { life }),
          ...(commands.length > 0 && { commands: foldCommands(shown.commands, commands) }),
        }
      }),
    refuse: (id: string, message: string): void => change(id, () => ({ phase: 'error', error: message })),
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (id: string): void => change(id, () => ({ ...UNREAD, phase: 'refused' })),
  }
}
export type Selection = ReturnType<typeof createSelection>
