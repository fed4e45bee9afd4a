import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createKeys } from '../../../../simulators/replay/keys.ts'

it('keys of any numbers are told apart', () => {
  const keys = createKeys()
  const seen = new Set<string>()
  const number = fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    fc.maxSafeNat(),
    fc.constantFrom(2 ** 32, 2 ** 33, 2 ** 48 - 1),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), number, fc.oneof(fc.constant(-1), number), (source, high, low) => {
      const key = `${source} ${high} ${low}`
      expect(keys.add(source, high, low)).toBe(!seen.has(key))
      seen.add(key)
    }),
    { numRuns: 5000 },
  )
})
