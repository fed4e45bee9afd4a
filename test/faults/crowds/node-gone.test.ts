import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { symbolTopic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import type { TestNode } from '../../support/node.ts'
import { tell } from '../measured.ts'
import { DEVICES, onStage, type Stage, SYMBOLS } from '../stage.ts'

const EACH = 250

const goes = async (stage: Stage, how: (node: TestNode) => Promise<unknown>): Promise<void> => {
  const node = await stage.node()
  const load = await stage.load({ everyMs: 50 })
  const wants = { topics: SYMBOLS.map(symbolTopic) }
  const crowds = [await stage.crowd(node, EACH, wants), await stage.crowd(node, EACH, wants)]
  const reader = stage.reader(node)
  await stage.settled()
  await how(node)
  await sleep(500)
  await stage.node({ port: node.port })
  const back = performance.now()
  const settled = async () =>
    (await Promise.all(crowds.map((crowd) => crowd.ask('settled', null)))).every((n) => n === EACH)
  await eventually('all are answered', settled)
  tell(
    `a node that was gone, ${2 * EACH} clients: all answered ${Math.round(performance.now() - back)} ms after it is back`,
  )
  await load.stop()
  await stage.whole()
  for (const crowd of crowds) {
    const report = await crowd.ask('report', null)
    // Everything that was missed was replayed from the log: no snapshot but the first, no gap.
    expect(report).toMatchObject({ connections: EACH * 2, snapshots: EACH * SYMBOLS.length, gaps: 0 })
    expect(report.replays).toBeGreaterThan(EACH)
  }
  expect(reader.journal.snapshots).toBeGreaterThan(SYMBOLS.length + DEVICES.length)
}

it('a node goes in order (SIGTERM) under 500 clients and comes back: all are whole, nothing is missed', () =>
  onStage((stage) => goes(stage, (node) => node.stop())))

it('a node is killed (SIGKILL) under 500 clients and comes back: all are whole, nothing is missed', () =>
  onStage((stage) => goes(stage, (node) => node.kill())))
