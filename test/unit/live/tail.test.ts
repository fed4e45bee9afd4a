import { expect, it } from 'vitest'
import { asBytes } from '../../../server/live/bytes.ts'
import { type Message, readMessage, resyncMessage } from '../../../server/live/message.ts'
import { createTail } from '../../../server/live/tail.ts'

const TOPIC = 's:株式.T'

/** An update; `after` as conflated updates and replays say it. */
const update = (seq: number, epoch = 'e', after?: number): Message => {
  const follows = after === undefined ? '' : `,"after":${after}`
  return readMessage(TOPIC, `{"topic":"${asBytes(TOPIC)}","epoch":"${epoch}","seq":${seq}${follows},"at":1}`) as Message
}

/** What leads from a number to another, by their numbers; `current`, or null where the tail does not say. */
const since = (messages: readonly Message[], from: number, to: number, epoch = 'e') => {
  const tail = createTail()
  for (const message of messages) tail.add(message)
  const result = tail.since({ epoch, seq: from }, { epoch: 'e', seq: to })
  return result?.kind === 'replay' ? result.updates.map((text) => readMessage(TOPIC, text)?.seq) : result?.kind
}

it('gives what leads from a number to where the topic stands', () => {
  const messages = [1, 2, 3, 4].map((seq) => update(seq))
  expect([4, 3, 1, 0].map((from) => since(messages, from, 4))).toEqual(['current', [4], [2, 3, 4], [1, 2, 3, 4]])
  expect(since(messages, 5, 4)).toBe(undefined)
  expect(since(messages, 2, 4, 'other')).toBe(undefined)
})

it('gives nothing across a hole: nobody watched for a while', () => {
  const messages = [1, 2, 3, 6, 7].map((seq) => update(seq))
  expect([5, 4, 2].map((from) => since(messages, from, 7))).toEqual([[6, 7], undefined, undefined])
  // Nor up to a number that it has not seen.
  expect(since(messages, 6, 8)).toBe(undefined)
})

it('gives nothing of another life, and nothing from before a resync', () => {
  expect(since([update(1, 'old'), update(2)], 0, 2)).toBe(undefined)
  const resync = resyncMessage(TOPIC, { epoch: 'e', seq: 2 }, '1', '{}')
  expect([2, 1].map((from) => since([update(1), update(2), resync, update(3)], from, 3))).toEqual([[3], undefined])
})

it('follows updates that stand for several', () => {
  const messages = [update(1), update(4, 'e', 1), update(5)]
  expect([4, 3, 2, 1, 0].map((from) => since(messages, from, 5))).toEqual([[5], [4, 5], [4, 5], [4, 5], [1, 4, 5]])
})

it('holds the last ones only, by number and by size', () => {
  const many = Array.from({ length: 100 }, (_, i) => update(i + 1))
  expect([since(many, 98, 100), since(many, 3, 100)]).toEqual([[99, 100], undefined])
  const large = [1, 2, 3].map((seq) => ({ ...update(seq), text: update(seq).text.padEnd(10_000) }))
  expect([since(large, 2, 3), since(large, 1, 3)]).toEqual([[3], undefined])
})
