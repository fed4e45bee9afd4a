import { expect, test } from 'vitest'
import { createMerging } from '../../../../../server/devices/doors/merging.ts'
import type { Heard } from '../../../../../server/devices/ports.ts'
import { MOST_REPORTED, type Report } from '../../../../../wire/devices.ts'

const fix = (t: number) => ({ t, lat: 1, lon: 2 })
const HEARD: Heard = { accepted: 1, repeats: 0, refused: [], open: 0 }

/** What was sent, one at a time; `next` lets the oldest one that waits arrive. */
const stage = () => {
  const sent: { id: string; report: Report; arrive: () => void }[] = []
  const send = createMerging(
    (id, report) =>
      new Promise((resolve) => {
        sent.push({ id, report, arrive: () => resolve(HEARD) })
      }),
  )
  return { sent, send }
}

test('reports that come while one of the device is on its way go together, in order', async () => {
  const { sent, send } = stage()
  const first = send('a', { fixes: [fix(1)], attributes: { x: 1, y: 1 } })
  const rest = [2, 3, 4].map((t) => send('a', { fixes: [fix(t)], attributes: { x: t } }))
  expect(sent).toHaveLength(1)
  sent[0]?.arrive()
  await first
  expect(sent.map(({ report }) => report)).toEqual([
    { fixes: [fix(1)], attributes: { x: 1, y: 1 } },
    { fixes: [fix(2), fix(3), fix(4)], attributes: { x: 4 } },
  ])
  sent[1]?.arrive()
  expect(await Promise.all(rest)).toEqual([HEARD, HEARD, HEARD])
})

test('devices do not wait for each other', () => {
  const { sent, send } = stage()
  for (const id of ['a', 'b', 'a']) void send(id, {})
  expect(sent.map(({ id }) => id)).toEqual(['a', 'b'])
})

test('as many fixes go together as one report may have', async () => {
  const { sent, send } = stage()
  const all = Array.from({ length: MOST_REPORTED + 10 }, (_, t) => send('a', { fixes: [fix(t)] }))
  for (let i = 0; i < sent.length; i++) {
    sent[i]?.arrive()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(all)
  expect(sent.map(({ report }) => report.fixes?.length)).toEqual([1, MOST_REPORTED, 9])
  expect(sent.flatMap(({ report }) => report.fixes?.map(({ t }) => t))).toEqual(all.map((_, t) => t))
})
