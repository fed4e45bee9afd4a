import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AckStream, createAcks } from '../../../../../server/devices/doors/mqtt-acks.ts'

const connection = () => {
  const written: number[][] = []
  const stream: AckStream = { write: (bytes) => written.push([...bytes]) }
  return { stream, written }
}

test('messages are acknowledged in the order in which they came, whichever is done first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 20 }), fc.nat(), (ids, seed) => {
      const { stream, written } = connection()
      const acks = createAcks(() => stream)
      const done = ids.map((id) => acks.begin(stream, id))
      const order = done.map((_, i) => i).sort((a, b) => ((a * 7 + seed) % 11) - ((b * 7 + seed) % 11))
      for (const i of order) done[i]?.()
      expect(written).toEqual(ids.map((id) => [0x40, 2, id >> 8, id & 0xff]))
      expect(acks.waiting()).toBe(0)
    }),
  )
})

test('one that is not done holds up those that came after it', () => {
  const { stream, written } = connection()
  const acks = createAcks(() => stream)
  const [first, second] = [acks.begin(stream, 1), acks.begin(stream, 2)]
  second()
  expect([written.length, acks.waiting()]).toEqual([0, 2])
  first()
  expect([written.length, acks.waiting()]).toEqual([2, 0])
})

test('what came by an earlier connection is not acknowledged on a later one, where its number is of something else', () => {
  const [before, after] = [connection(), connection()]
  let current: AckStream | null = before.stream
  const acks = createAcks(() => current)
  const old = acks.begin(before.stream, 7)
  current = null
  const lost = acks.begin(before.stream, 8)
  lost()
  current = after.stream
  const fresh = acks.begin(after.stream, 7)
  old()
  expect([before.written, after.written]).toEqual([[], []])
  fresh()
  expect(after.written).toEqual([[0x40, 2, 0, 7]])
})
