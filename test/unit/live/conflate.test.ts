import { expect, it } from 'vitest'
import { createFaults, type Fault } from '../../../server/faults.ts'
import { asBytes, toBytes } from '../../../server/live/bytes.ts'
import { createConflate } from '../../../server/live/conflate.ts'
import type { Message } from '../../../server/live/message.ts'
import type { SymbolUpdate } from '../../../wire/market.ts'
import type { Topic } from '../../../wire/topics.ts'
import { A, update } from './outbox-stage.ts'

it('what cannot be conflated stays as it came, and its topic is read anew', () => {
  const [faults, spoilt]: [Fault[], Topic[]] = [[], []]
  const conflate = createConflate(
    (_topic, [first]) => ({ trades: [...((first as SymbolUpdate).trades ?? [])] }),
    createFaults((fault) => faults.push(fault)),
    (topic) => spoilt.push(topic),
  )
  const forged: Message = {
    topic: A,
    epoch: 'e',
    seq: 1,
    after: 0,
    text: `{"topic":"${asBytes(A)}","epoch":"e","seq":1,"oops`,
  }
  const messages = [forged, update(A, 2, 1), update(A, 3, 1)]
  expect(conflate(messages)).toEqual(messages)
  expect(spoilt).toEqual([A])
  const wrong = [2, 3].map((seq) => ({ ...update(A, seq, 1), text: toBytes({ trades: 5 }) }))
  expect(conflate(wrong)).toEqual(wrong)
  expect(faults.map(({ at, of, error }) => `${at} ${of} ${(error as Error).name}`)).toEqual([
    `topic.conflate ${A} SyntaxError`,
    `topic.conflate ${A} TypeError`,
  ])
})
