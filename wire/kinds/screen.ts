import type { ScreenSnapshot, ScreenUpdate } from '../rooms.ts'
import type { Kind } from './kind.ts'

const empty: ScreenSnapshot = { screen: null }

/** The last one says it all. */
const conflateScreen = (updates: readonly ScreenUpdate[]): ScreenUpdate => updates.at(-1) ?? {}

/** What a person shows to those who follow them: `v:ann`. */
export const screen = {
  letter: 'v',
  id: 'name',
  parts: [],
  empty,
  conflate: conflateScreen,
  byName: true,
  missing: null,
} as const satisfies Kind
