import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createRandom } from '../../simulators/random.ts'
import { topicKey } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import { tell } from './measured.ts'
import { HEARTBEAT_MS, onStage } from './stage.ts'

it('messages are lost and repeated on the way to the node: holes are filled, and what has no log is told', () =>
  onStage(async (stage) => {
    const proxy = await stage.proxy()
    const node = await stage.node({ redisUrl: proxy.url })
    const load = await stage.load()
    const readers = [stage.reader(node), stage.reader(node), stage.reader(node)]
    await stage.settled()
    const random = createRandom(3).next
    const done = { lost: 0, repeated: 0 }
    proxy.garble(() => {
      const draw = random()
      if (draw < 0.1) done.lost++
      else if (draw < 0.2) done.repeated++
      return draw < 0.1 ? 0 : draw < 0.2 ? 2 : 1
    })
    await eventually('enough is lost', () => done.lost > 100 && done.repeated > 100)
    await load.stop() // the last messages may be lost too
    await stage.whole()
    expect(done.lost).toBeGreaterThan(50)
    expect(done.repeated).toBeGreaterThan(50)
    expect(await stage.metric(node, 'watchfloor_repeats_total')).toBeGreaterThan(50)
    expect(await stage.metric(node, 'watchfloor_replays_total')).toBeGreaterThan(20)
    // Symbols and devices keep a log: nothing of them may be missed. Cells have none: what was lost is told.
    for (const { journal } of readers) expect([...journal.gapsOf]).toEqual(['c'])
    // What readers were told is what the node counts.
    const gaps = readers.reduce((sum, { journal }) => sum + journal.gaps, 0)
    expect(gaps).toBeGreaterThan(0)
    expect(await stage.metric(node, 'watchfloor_gaps_total', { reason: 'lost' })).toBe(gaps)
    expect(await stage.metric(node, 'watchfloor_resyncs_total')).toBeGreaterThan(0)
  }))

it('the last messages are lost while the subscriber is half-open: found by comparison', () =>
  onStage(async (stage) => {
    const proxy = await stage.proxy()
    const node = await stage.node({ redisUrl: proxy.url })
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    await load.stop()
    await stage.whole()
    const before = reader.journal.updates
    proxy.silence('subscriber')
    const again = await stage.load({ firstId: 1_000_000, everyMs: 5 })
    await again.stop()
    tell(`lost last messages are found after ${Math.round(await stage.whole())} ms, heartbeats each ${HEARTBEAT_MS} ms`)
    expect(reader.journal.updates).toBeGreaterThan(before)
    expect(await stage.metric(node, 'watchfloor_differences_total')).toBeGreaterThan(0)
    // The watchdog then finds that nothing comes from there any more, and the floor is as it was.
    proxy.heal()
    await eventually('subscribed anew', () => /subscriber.*is back|does not answer/s.test(node.output()))
    const last = await stage.load({ firstId: 2_000_000 })
    await sleep(500)
    await last.stop()
    await stage.whole()
  }))

it('forged messages on the channel change nothing, and make no storm of questions', () =>
  onStage(async (stage) => {
    const node = await stage.node()
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    const heard: { channel: string; text: string }[] = []
    const ear = stage.direct.duplicate()
    ear.on('message', (channel: string, text: string) => heard.push({ channel, text }))
    await ear.subscribe(topicKey('s:AAPL'), topicKey('s:MSFT'), topicKey('d:BUS-1'))
    await eventually('some messages', () => heard.length > 60)
    ear.disconnect()
    await load.stop()
    await stage.whole()
    const before = { updates: reader.journal.updates, contents: reader.journal.contents.size }
    const asked = await calls(stage.direct)
    for (const { channel, text } of heard) await stage.direct.publish(channel, text)
    const repeats = () => stage.metric(node, 'watchfloor_repeats_total')
    await eventually('all are known as repeats', async () => (await repeats()) >= heard.length)
    for (const { channel, text } of heard) {
      await stage.direct.publish(channel, text.slice(0, text.length / 2))
      await stage.direct.publish(topicKey('s:TSLA'), text) // of another topic
      await stage.direct.publish(channel, text.replace(/"seq":\d+/, '"seq":900000')) // after a hole
      await stage.direct.publish(channel, text.replace(/"epoch":"\w+"/, '"epoch":"feed"')) // of another life
      for (const garbage of ['', 'null', '{}', '[[[', '\u0000', '{"topic":"s:AAPL","epoch":"x","seq":-1,']) {
        await stage.direct.publish(channel, garbage)
      }
    }
    await sleep(1000)
    await stage.whole()
    expect(reader.journal.contents.size).toBe(before.contents)
    expect(await stage.metric(node, 'watchfloor_malformed_total')).toBeGreaterThan(heard.length * 5)
    expect((await calls(stage.direct)) - asked).toBeLessThan(200)
    const again = await stage.load({ firstId: 1_000_000 })
    await sleep(500)
    await again.stop()
    await stage.whole()
  }))

/** How many times topics were read by the function library. */
const calls = async (redis: { info: (section: string) => Promise<string> }): Promise<number> =>
  Number(/cmdstat_fcall_ro:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0)
