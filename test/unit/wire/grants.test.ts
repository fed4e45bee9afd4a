import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ACTIONS,
  ALL_GRANTS,
  allows,
  covers,
  extentOf,
  type Grant,
  grantsFor,
  MOST_GRANTS_LETTERS,
  parseGrants,
  writeGrants,
} from '../../../wire/grants.ts'
import type { Topic } from '../../../wire/topics.ts'

const RUNS = { numRuns: 2000 }

/** Any text at all, and above all what the writing of grants has a meaning for. */
const LETTERS = [
  ...'sdcm:/*%ab01 .-_^?#"\\{}',
  '%20',
  '%2A',
  'é',
  '株',
  '\u{1f68c}',
  '\u00a0',
  '\n',
  '\u0085',
  '\ud800',
]
const text = fc.oneof(
  fc.array(fc.constantFrom(...LETTERS), { maxLength: 12 }).map((letters) => letters.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const action = fc.constantFrom(...ACTIONS)
const grantOf = (start: fc.Arbitrary<string>): fc.Arbitrary<Grant> =>
  fc.record({ action, start, exact: fc.boolean() }).filter(({ start, exact }) => start !== '' || !exact)
const anyGrants = fc.array(grantOf(text), { maxLength: 6 })

/** Few letters, so that grants and names meet. */
const short = fc.array(fc.constantFrom('s', ':', 'a', 'b'), { maxLength: 4 }).map((letters) => letters.join(''))
const someAction = fc.constantFrom('watch' as const, 'say' as const)
const meeting = fc.array(fc.record({ action: someAction, start: short, exact: fc.boolean() }), { maxLength: 4 })

test('what is written is read as it was, whatever letters names have', () => {
  fc.assert(
    fc.property(anyGrants, (grants) => {
      const written = writeGrants(grants)
      expect(written).not.toMatch(/["\\\p{Cc}]/u)
      expect(parseGrants(written)).toEqual(grants)
    }),
    RUNS,
  )
})

test('whatever text comes is read, or is no grants; what was read means the same when it is written again', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.array(text).map((words) => `watch:${words.join(' say:')}`),
      ),
      (some) => {
        const grants = parseGrants(some)
        if (grants !== null) expect(parseGrants(writeGrants(grants))).toEqual(grants)
      },
    ),
    RUNS,
  )
})

test.each([
  ['', []],
  ['  ', []],
  ['watch:s:AAPL', [{ action: 'watch', start: 's:AAPL', exact: true }]],
  ['watch:*', [{ action: 'watch', start: '', exact: false }]],
  [
    ' say:m:night  manage:* ',
    [
      { action: 'say', start: 'm:night', exact: true },
      { action: 'manage', start: '', exact: false },
    ],
  ],
  ['watch:d:B-XY%201234', [{ action: 'watch', start: 'd:B-XY 1234', exact: true }]],
  ['watch:s:50%25%2A', [{ action: 'watch', start: 's:50%*', exact: true }]],
  [
    'watch:s:BTC/USD watch:s:株*',
    [
      { action: 'watch', start: 's:BTC/USD', exact: true },
      { action: 'watch', start: 's:株', exact: false },
    ],
  ],
  ['watch', null],
  ['watch:', null],
  ['WATCH:s:A', null],
  ['look:s:A', null],
  ['watch:s:*A', null],
  ['watch:s:100%', null],
  ['watch:s:A,watch:s:B "', null],
  ['watch:s:A\nwatch:s:B', null],
  [`watch:s:${'A'.repeat(MOST_GRANTS_LETTERS)}`, null],
  [`watch:s:${'株'.repeat(MOST_GRANTS_LETTERS / 3)}`, null],
])('%j', (written, grants) => {
  expect(parseGrants(written)).toEqual(grants)
})

test('nobody hands on more than they have: what the covered grants allow, the covering ones allow', () => {
  fc.assert(
    fc.property(meeting, meeting, someAction, short, (outer, inner, act, name) => {
      if (covers(outer, inner) && grantsFor(inner, act, name)) expect(grantsFor(outer, act, name)).toBe(true)
    }),
    RUNS,
  )
  expect(covers(ALL_GRANTS, parseGrants('watch:s:A* say:m:desk manage:people') ?? [])).toBe(true)
  expect(covers(parseGrants('watch:s:A') ?? [], parseGrants('watch:s:A*') ?? [])).toBe(false)
  expect(covers(parseGrants('watch:s:A*') ?? [], parseGrants('watch:s:A watch:s:AB*') ?? [])).toBe(true)
  expect(covers([], [])).toBe(true)
})

test('the extent of a beginning is what it says: all, some or none of what begins so', () => {
  fc.assert(
    fc.property(meeting, someAction, short, short, (grants, act, start, rest) => {
      const extent = extentOf(grants, act, start)
      const granted = grantsFor(grants, act, start + rest)
      if (extent === 'all') expect(granted).toBe(true)
      if (extent === 'none') expect(granted).toBe(false)
      if (extent === 'part')
        expect(grants.some((grant) => grant.action === act && grant.start.startsWith(start))).toBe(true)
    }),
    RUNS,
  )
  expect(extentOf(parseGrants('watch:c:*') ?? [], 'watch', 'c:buses/')).toBe('all')
  expect(extentOf(parseGrants('watch:c:buses/0231*') ?? [], 'watch', 'c:buses/')).toBe('part')
  expect(extentOf(parseGrants('watch:c:buses*') ?? [], 'watch', 'c:buses/')).toBe('all')
  expect(extentOf(parseGrants('watch:c:bus') ?? [], 'watch', 'c:buses/')).toBe('none')
})

test('an inbox is for its person, whatever is granted', () => {
  const own: Topic = 'i:ann' as Topic
  expect(allows([], 'ann', 'watch', own)).toBe(true)
  expect(allows(ALL_GRANTS, 'bob', 'watch', own)).toBe(false)
  expect(allows(ALL_GRANTS, null, 'watch', 'i:null' as Topic)).toBe(false)
  expect(allows(ALL_GRANTS, 'ann', 'say', own)).toBe(false)
  expect(allows(ALL_GRANTS, null, 'watch', 's:AAPL')).toBe(true)
})

test('orders are seen by whoever gave them, and by nobody whose handle theirs begins with', () => {
  const sees = (own: string, topic: Topic): boolean => allows([], own, 'watch', topic)
  expect(sees('ann', 'o:ann.k3j2')).toBe(true)
  expect(sees('ann.smith', 'o:ann.smith.k3j2')).toBe(true)
  expect(sees('ann', 'o:ann.smith.k3j2')).toBe(false)
  expect(sees('ann', 'o:ann')).toBe(false)
  expect(sees('ann', 'd:ann.k3j2')).toBe(false)
  expect(allows([], 'ann', 'command', 'o:ann.k3j2')).toBe(false)
})
