import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { standing } from '../../../wire/cursors.ts'

const seq = fc.nat(30)
const cursor = (epoch: string, seq: number) => ({ epoch, seq })

test('a reader that takes what is next, drops repeats and stops at gaps has each update once, in order', () => {
  const arrivals = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 })
  fc.assert(
    fc.property(seq, arrivals, (start, offsets) => {
      const taken: number[] = []
      let own = cursor('a', start)
      for (const offset of offsets) {
        const update = cursor('a', start + offset - 3)
        const stands = standing(own, update)
        expect(stands).toBe(update.seq <= own.seq ? 'repeat' : update.seq === own.seq + 1 ? 'next' : 'gap')
        if (stands !== 'next') continue
        taken.push(update.seq)
        own = update
      }
      expect(taken).toEqual(taken.map((_, i) => start + 1 + i))
    }),
  )
})

test('an update that says what it follows is next for whoever has that, or part of what it holds', () => {
  fc.assert(
    fc.property(seq, seq, seq, (own, after, more) => {
      const update = { epoch: 'a', seq: after + 1 + more, after }
      const wanted = own >= update.seq ? 'repeat' : own >= after ? 'next' : 'gap'
      expect(standing(cursor('a', own), update)).toBe(wanted)
    }),
  )
})

test('candles of trades that are known in part are a gap: they would be counted twice', () => {
  const update = { epoch: 'a', seq: 10, after: 5, candles: [] }
  const stands = [4, 5, 6, 9, 10, 11].map((seq) => standing(cursor('a', seq), update))
  expect(stands).toEqual(['gap', 'next', 'gap', 'gap', 'repeat', 'repeat'])
})

test('in another epoch nothing follows, not even the first update', () => {
  fc.assert(
    fc.property(seq, fc.integer({ min: 1, max: 30 }), fc.option(seq, { nil: undefined }), (own, next, after) => {
      const update = { epoch: 'b', seq: next, ...(after !== undefined && { after }) }
      expect(standing(cursor('a', own), update)).toBe('gap')
    }),
  )
})

test('the cursor of a topic that does not exist is followed by its first update', () => {
  expect(standing(cursor('', 0), cursor('x', 1))).toBe('next')
  expect(standing(cursor('', 0), cursor('x', 2))).toBe('gap')
  expect(standing(cursor('', 0), { ...cursor('x', 4), after: 0 })).toBe('next')
  expect(standing(cursor('', 0), { ...cursor('x', 4), after: 1 })).toBe('gap')
})
