import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { sleepThrough } from './asleep.ts'
import { floorOn, toldGaps } from './failover.ts'
import { failover } from './sentinel-failover.ts'
import { onSentinel, onStage } from './stage.ts'

/** Most of these is waiting, so they wait together, each on a floor of its own. */
describe.concurrent('what takes long', () => {
  it(
    'browsers asleep for long, hidden, frozen or stopped: awake they check before they call anything live, and are whole',
    sleepThrough,
  )

  it('the primary is stopped for 30 s and woken: clients are whole on another, and the old one does not disturb them', () =>
    onSentinel(async (stage) => {
      const { load, readers } = await floorOn(stage)
      const old = await stage.redis.primary()
      const from = performance.now()
      await failover('primary stopped', stage, readers, async () => old.pause())
      await sleep(30_000 - (performance.now() - from))
      toldGaps(readers)
      old.resume()
      await eventually('it is a replica', async () => (await old.ask('ROLE')).includes('slave'))
      await sleep(1000)
      await load.stop()
      await stage.whole()
      expect(toldGaps(readers)).toEqual([])
      for (const reader of readers) expect(reader.connections()).toBe(1)
    }))

  it('a node is stopped for 20 s and woken: its clients give it up, come back as soon as it answers, and are whole', () =>
    onStage(async (stage) => {
      const [node, other] = [await stage.node(), await stage.node()]
      const load = await stage.load({ everyMs: 50 })
      const [reader, neighbour] = [stage.reader(node), stage.reader(other)]
      await stage.settled()
      process.kill(node.pid, 'SIGSTOP')
      await sleep(20_000)
      process.kill(node.pid, 'SIGCONT')
      await sleep(500)
      await load.stop()
      await stage.whole()
      expect([reader.connections(), neighbour.connections()]).toEqual([2, 1])
      expect(neighbour.journal).toMatchObject({ gaps: 0, resyncs: 0 })
      expect([...reader.journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
    }))
})
