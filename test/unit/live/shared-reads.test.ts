import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ReadResult, ReadTopic } from '../../../server/live/ports.ts'
import { createSharedReads } from '../../../server/live/shared-reads.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import { noFaults } from '../../support/faults.ts'
import { createTwin } from './twin.ts'

const TOPIC = 's:株式.T'

const seqs = (result: ReadResult): number[] =>
  result.kind === 'replay' ? result.updates.map((text) => (JSON.parse(text) as Cursor).seq) : []

/** A topic of 30 updates whose log holds the last 20. */
const setUp = () => {
  const twin = createTwin(TOPIC, 20)
  for (let i = 1; i <= 30; i++) twin.publish(i)
  let reads = 0
  const counted: ReadTopic = (topic, after) => {
    reads++
    return twin.ports.read(topic, after)
  }
  const { ask, askAnew } = createSharedReads(TOPIC, counted, noFaults)
  const read = (after: Cursor | null): Promise<ReadResult> => new Promise((use, fail) => ask({ after, use, fail }))
  const readAnew = (after: Cursor | null): Promise<ReadResult> =>
    new Promise((use, fail) => askAnew({ after, use, fail }))
  return { twin, read, readAnew, reads: () => reads }
}

const answerAll = async (twin: ReturnType<typeof createTwin>): Promise<void> => {
  for (let i = 0; i < 100; i++) {
    twin.answer()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const cursor = fc.option(fc.record({ epoch: fc.constantFrom('e1', 'e1', 'e1', 'old'), seq: fc.nat(30) }))

it('gives each of many askers at once what a read of its own would have given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cursor, { minLength: 1, maxLength: 12 }), async (cursors) => {
      const { twin, read } = setUp()
      const answers = Promise.all(cursors.map(read))
      await answerAll(twin)
      for (const [i, answer] of (await answers).entries()) {
        const after = cursors[i] ?? null
        const { cursor: now } = twin.truth()
        const expected =
          after?.epoch !== 'e1' || after.seq < 10 ? 'snapshot' : after.seq === now.seq ? 'current' : 'replay'
        expect(answer).toMatchObject({ kind: expected, cursor: now })
        if (expected === 'replay')
          expect(seqs(answer)).toEqual(
            Array.from({ length: now.seq - (after?.seq ?? 0) }, (_, k) => (after?.seq ?? 0) + 1 + k),
          )
      }
    }),
    { numRuns: 50 },
  )
})

it('reads a few times for a thousand clients, each with a cursor of its own', async () => {
  const { twin, read, reads } = setUp()
  const answers = Promise.all(Array.from({ length: 1000 }, (_, i) => read({ epoch: 'e1', seq: 10 + (i % 21) })))
  await answerAll(twin)
  await answers
  expect(reads()).toBeLessThanOrEqual(2)
})

it('serves one that must miss nothing by a read that begins after it asked', async () => {
  const { twin, read, readAnew, reads } = setUp()
  const after = { epoch: 'e1', seq: 29 }
  const answers = Promise.all([read(after), readAnew(after), read(after)])
  twin.answer()
  await new Promise((resolve) => setImmediate(resolve))
  twin.publish(31)
  await answerAll(twin)
  expect((await answers).map(seqs)).toEqual([[30], [30, 31], [30]])
  expect(reads()).toBe(2)
})

it('passes a failure on to all who waited, and reads again for the next', async () => {
  const { twin, read } = setUp()
  const failing = Promise.allSettled([read(null), read({ epoch: 'e1', seq: 12 }), read(null)])
  for (let i = 0; i < 3; i++) {
    twin.refuse()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  const again = read(null)
  await answerAll(twin)
  expect((await again).kind).toBe('snapshot')
})

it('reads for who stands above what Redis has, though somebody below asks again at every answer', async () => {
  const twin = createTwin(TOPIC, 20)
  for (let i = 1; i <= 5; i++) twin.publish(i)
  const { ask } = createSharedReads(TOPIC, twin.ports.read, noFaults)
  let told: ReadResult | null = null
  let asked = 0
  const askAgain = (): void => {
    asked++
    if (told === null && asked < 50) ask({ after: { epoch: 'e1', seq: 5 }, use: askAgain, fail: askAgain })
  }
  askAgain()
  ask({
    after: { epoch: 'e1', seq: 9 },
    use: (result) => {
      told = result
    },
    fail: (error) => {
      throw error
    },
  })
  await answerAll(twin)
  expect(told).toMatchObject({ kind: 'snapshot', cursor: { epoch: 'e1', seq: 5 } })
  expect(asked).toBeLessThan(10)
})
