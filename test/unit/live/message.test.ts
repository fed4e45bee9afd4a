import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseBytes, toBytes } from '../../../server/live/bytes.ts'
import { readMessage, resyncMessage } from '../../../server/live/message.ts'
import type { Topic } from '../../../wire/topics.ts'

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

const epochs = fc.stringMatching(/^[0-9a-f]{1,13}$/)
const topics = fc.constantFrom<Topic>('s:BRK.B', 's:^GSPC', 's:M&M.NS', 's:株式.T', 'd:a:b, c', 'd:Ünïcode 🚌')

it('reads where an update stands, as a parser would, whatever epoch it is thought to be of', () => {
  fc.assert(
    fc.property(
      topics,
      epochs,
      number,
      fc.option(fc.nat()),
      fc.string({ unit: 'grapheme' }),
      fc.option(epochs),
      (topic, epoch, seq, after, more, other) => {
        const head = { topic, epoch, seq, ...(after === null ? {} : { after }) }
        const text = toBytes({ ...head, at: 1.5, more })
        for (const likely of [undefined, '', epoch, `${epoch}0`, epoch.slice(1), other ?? epoch])
          expect(readMessage(topic, text, likely)).toEqual({ ...head, after: after ?? seq - 1, text })
      },
    ),
  )
})

it('takes nothing for an update that is none, or of another topic', () => {
  const good = '{"topic":"s:A","epoch":"e","seq":1,"at":1}'
  expect(readMessage('s:A', good)).not.toBeNull()
  for (const bad of [
    '',
    '{}',
    'null',
    good.replace('s:A', 's:B'),
    good.replace('"e"', '5'),
    good.replace('1,', '"x",'),
    good.replace('seq', 'sec'),
    good.replace(':1', ':-1'),
  ])
    expect(readMessage('s:A', bad), bad).toBeNull()
})

it('writes a resync that follows nothing', () => {
  const topic = 's:株式.T'
  const message = resyncMessage(topic, { epoch: 'e', seq: 7 }, '12.5', '{"last":null}')
  expect(message.after).toBe(-1)
  expect(parseBytes(message.text)).toEqual({ topic, epoch: 'e', seq: 7, at: 12.5, snapshot: { last: null } })
})
