import type { ReplayCase } from '../surfaces/replay.ts'

export const corpus: Record<string, ReplayCase> = {
  // The reader's own words: "Maximum call stack size exceeded".
  'lists-in-lists': { name: 'deep.json', bytes: `${'['.repeat(20_000)}${']'.repeat(20_000)}`, flags: [] },
}
