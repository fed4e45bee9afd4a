import { signal } from '@preact/signals'
import type { TrackReply } from '../../wire/api.ts'
import type { Command } from '../../wire/commands.ts'
import {
  type DeviceDescription,
  type DeviceSnapshot,
  type DeviceUpdate,
  type Fix,
  isNewer,
  type Life,
} from '../../wire/fleet.ts'
import { foldCommands } from '../../wire/fold-commands.ts'
import type { DeviceEntry } from '../../wire/register.ts'
import { laterOf, onOurClock } from './clocks.ts'

/**
 * The selected device. `refused`: this person may not see it, and nothing of it is known. `last`: the newest fix that
 * is not doubtful; `cameAt`: when it came, null where it was there before. `track`: its recent fixes in order of time,
 * the newest last; `doubtful`: those that do not move it. `heardAt`: when anything of it came, null as long as nothing
 * did. `life`: what else is known of it; null as long as nothing was told. `commands`: those under way and the last ten
 * others, oldest first. `description`: what it is called.
 */
export type Selected = {
  id: string
  phase: 'loading' | 'ready' | 'error' | 'refused'
  error: string | null
  last: Fix | null
  cameAt: number | null
  cell: string | null
  heardAt: number | null
  track: readonly Fix[]
  doubtful: readonly Fix[]
  life: Life | null
  commands: readonly Command[]
  description: DeviceDescription
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

/** Where the device is, with this fix more, that came at `came`. */
const withLast = ({ last, cameAt }: Selected, fix: Fix | null, came: number | null) => {
  const next = newest(last, fix)
  return { last: next, cameAt: next === last ? cameAt : came }
}

/** What the device is, with these fixes more. */
const withFixes = (shown: Selected, fixes: readonly Fix[], came: number | null) => {
  const sure = fixes.filter(isSure)
  return {
    track: mergeTrack(shown.track, sure),
    doubtful: mergeTrack(shown.doubtful, fixes.filter(isDoubtful)),
    ...withLast(shown, sure.reduce<Fix | null>(newest, null), came),
  }
}

export type LoadTrack = (id: string, since: number) => Promise<TrackReply>

const UNREAD: Omit<Selected, 'id'> = {
  phase: 'loading',
  error: null,
  last: null,
  cameAt: null,
  cell: null,
  heardAt: null,
  track: [],
  doubtful: [],
  life: null,
  commands: [],
  description: {},
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
      changeUnlessRefused(id, (shown) => ({ phase: 'ready', error: null, ...withFixes(shown, fixes, null) }))
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
      const { last, cell, life = null, commands = [], description = {} } = snapshot
      const again = selected.value?.id === id && selected.value.phase === 'refused'
      const heard = life?.heard ?? last?.t
      change(id, (shown) => ({
        phase: again ? 'loading' : shown.phase,
        ...{ cell, life, commands, description, ...withLast(shown, last, null) },
        heardAt: heard === undefined ? shown.heardAt : laterOf(shown.heardAt, onOurClock(heard, { now, serverNow })),
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
        const { last, ...next } = fixes.length > 0 ? withFixes(shown, fixes, now) : shown
        return {
          ...{ ...next, last },
          ...(fixes.length > 0 && last && { cell: cellOf(last, shown.cell) }),
          ...((fixes.length > 0 || life) && { heardAt: now }),
          ...(life && { life }),
          ...(commands.length > 0 && { commands: foldCommands(shown.commands, commands) }),
        }
      }),
    /** It is called something else. */
    describe: ({ id, ...called }: DeviceEntry): void =>
      change(id, ({ description: { attributes } }) => ({
        description: { ...called, ...(attributes && { attributes }) },
      })),
    refuse: (id: string, message: string): void => change(id, () => ({ phase: 'error', error: message })),
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (id: string): void => change(id, () => ({ ...UNREAD, phase: 'refused' })),
  }
}
export type Selection = ReturnType<typeof createSelection>
