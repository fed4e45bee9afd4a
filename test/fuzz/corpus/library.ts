import type { LibraryCase } from '../surfaces/library.ts'

export const corpus: Record<string, LibraryCase> = {
  // An error of the script in place of an answer.
  'reader-without-its-keys': {
    calls: [{ name: 'wf1_read_cell', keys: ['wf:{c:other/0222222222222}'], args: ['x', '1'] }],
  },
}
