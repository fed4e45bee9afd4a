import { signal } from '@preact/signals'
import type { DeviceSnapshot, DeviceUpdate, Fix } from '../../wire/fleet.ts'
import { foldCommands } from '../../wire/fold-commands.ts'
import type { DeviceEntry } from '../../wire/register.ts'
import { laterOf, onOurClock } from './clocks.ts'
import { missingFrom, NO_TRACK, type Selected, UNREAD, withFixes, withHistory, withLast } from './selected.ts'
import { createTrackReading, type LoadTrack } from './track-reading.ts'

export type { Selected } from './selected.ts'
export type { LoadTrack } from './track-reading.ts'

/** How far back a track is read, in milliseconds. */
export const TRACK_SPAN = 45 * 60_000
/** The selected device: its track from history, then live. `wake` is called when the map has to be drawn again. */
export const createSelection = (load: LoadTrack, wake: () => void) => {
  const selected = signal<Selected | null>(null)
  /** What of it is as of another moment, and gives way to what comes next. */
  let former: 'all' | 'track' | null = null
  /** Whether its state has come since then: if it comes again, something was missed. */
  let stood = false

  const begin = (next: Selected | null): void => {
    reading.begin()
    stood = false
    selected.value = next
    wake()
  }
  const change = (id: string, part: (now: Selected) => Partial<Selected>): void => {
    const shown = selected.value
    if (shown?.id !== id) return
    const kept = former === 'all' ? { ...UNREAD, id, description: shown.description } : shown
    const now = former === 'track' ? { ...kept, ...NO_TRACK } : kept
    former = null
    selected.value = { ...now, ...part(now) }
    wake()
  }
  /** What was read of its past counts no more once it may not be seen. */
  const changeUnlessRefused = (id: string, part: (now: Selected) => Partial<Selected>): void => {
    if (selected.value?.phase !== 'refused') change(id, part)
  }
  const reading = createTrackReading(load, {
    done: (id, { fixes, late }) =>
      changeUnlessRefused(id, (shown) => ({ phase: 'ready', error: null, ...withHistory(shown, fixes, late) })),
    failed: (id, error) => changeUnlessRefused(id, () => ({ phase: 'error', error })),
    missing: (since) => (selected.value?.phase === 'ready' ? missingFrom(selected.value, since) : null),
  })
  /** All of its track that is shown, for a fix that came late may be anywhere in it. */
  const readAll = (id: string, serverNow: number): void => {
    const [first] = selected.value?.track ?? []
    reading.read(id, Math.min(first?.t ?? serverNow, serverNow - TRACK_SPAN))
  }

  return {
    selected,
    /** Selects a device; `serverNow` tells how far back its track is read. */
    select: (id: string | null, serverNow: number): void => {
      if (id === (selected.value?.id ?? null)) return
      former = null
      begin(id === null ? null : { id, ...UNREAD })
      if (id !== null) reading.read(id, serverNow - TRACK_SPAN)
    },
    retry: (serverNow: number): void => {
      const id = selected.value?.id
      if (id === undefined) return
      change(id, () => ({ phase: 'loading', error: null }))
      readAll(id, serverNow)
    },
    /** It comes anew, as of another moment. What is shown stays until then. */
    rewind: (serverNow: number): void => {
      const shown = selected.value
      if (shown === null) return
      former = 'all'
      begin(shown)
      reading.read(shown.id, serverNow - TRACK_SPAN)
    },
    /** Its track is read anew, in another way. */
    reread: (serverNow: number): void => {
      const id = selected.value?.id
      if (id === undefined) return
      reading.drop()
      former ??= 'track'
      reading.read(id, serverNow - TRACK_SPAN)
    },
    /** The device's state anew. What was missed on the way to it is read from its track. */
    snapshot: (id: string, snapshot: DeviceSnapshot, now: number, serverNow: number): void => {
      if (selected.value?.id !== id) return
      const { last, cell, life = null, commands = [], description = {} } = snapshot
      const again = selected.value.phase === 'refused'
      const heard = life?.heard ?? last?.t
      change(id, (shown) => ({
        phase: again ? 'loading' : shown.phase,
        ...{ cell, life, commands, description, ...withLast(shown, last, null) },
        heardAt: heard === undefined ? shown.heardAt : laterOf(shown.heardAt, onOurClock(heard, { now, serverNow })),
      }))
      if (stood || again) readAll(id, serverNow)
      else reading.leadOn(id, serverNow - TRACK_SPAN)
      stood = true
    },
    /** `whole`: whether it has all fixes that came; a client that cannot keep up gets the newest only. */
    update: (
      id: string,
      { fixes = [], life, commands = [] }: DeviceUpdate,
      cellOf: (fix: Fix, before: string | null) => string,
      now: number,
      whole = true,
    ): void => {
      if (!whole && fixes.length > 0 && selected.value?.id === id) reading.hole()
      change(id, (shown) => {
        const { last, ...next } = fixes.length > 0 ? withFixes(shown, fixes, now) : shown
        return {
          ...{ ...next, last },
          ...(fixes.length > 0 && last && { cell: cellOf(last, shown.cell) }),
          ...((fixes.length > 0 || life) && { heardAt: now }),
          ...(life && { life }),
          ...(commands.length > 0 && { commands: foldCommands(shown.commands, commands) }),
        }
      })
    },
    /** It is called something else. */
    describe: ({ id, ...called }: DeviceEntry): void =>
      change(id, ({ description: { attributes } }) => ({
        description: { ...called, ...(attributes && { attributes }) },
      })),
    refuse: (id: string, message: string): void => change(id, () => ({ phase: 'error', error: message })),
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (id: string): void => change(id, () => ({ ...UNREAD, phase: 'refused' })),
    /** Once a second: reads again what failed, and where the stream left fixes out. */
    tick: (serverNow: number): void => {
      const { id, phase } = selected.value ?? {}
      if (id === undefined || phase === 'refused') return
      if (reading.tick()) readAll(id, serverNow)
    },
  }
}
export type Selection = ReturnType<typeof createSelection>
