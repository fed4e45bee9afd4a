import type { LibraryCase } from '../surfaces/library.ts'

export const corpus: Record<string, LibraryCase> = {
  // A table where Redis takes texts.
  'a-room-that-was-read': {
    calls: [
      {
        name: 'wf1_mark',
        keys: ['wf:{i:fuzz}', 'wf:{i:fuzz}:log', 'wf:{i:fuzz}:items', 'wf:{i:fuzz}:told', 'wf:{i:fuzz}:read'],
        args: ['1', 'm:fuzz', '2'],
      },
    ],
  },
  // An error of the script in place of an answer.
  'reader-without-its-keys': {
    calls: [{ name: 'wf1_read_cell', keys: ['wf:{c:other/0222222222222}'], args: ['x', '1'] }],
  },
  // The same, for a key that holds something else than it should.
  'reader-of-another-part': {
    calls: [
      {
        name: 'wf1_market',
        keys: ['wf:{s:FUZZ-2}', 'wf:{s:FUZZ-2}:log', 'wf:{s:FUZZ-2}:1m', 'wf:{s:FUZZ-2}:seen'],
        args: ['T', '1', '1767053724525', '2.5', '1', ''],
      },
      { name: 'wf1_read_symbol', keys: ['wf:{s:FUZZ-2}', 'wf:{s:FUZZ-2}:1m', 'wf:{s:FUZZ-2}:log'], args: ['x', '1'] },
    ],
  },
}
