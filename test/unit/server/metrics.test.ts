import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { nothingSent } from '../../../server/live/sent.ts'
import { publishedAt } from '../../../server/metrics/delay.ts'
import { measureFlushes } from '../../../server/metrics/flushes.ts'

it('reads when an update was published out of its text', () => {
  const head = '{"topic":"s:ACME","epoch":"6b03905e05153","seq":7'
  expect(publishedAt(`${head},"at":1795395690001.250,"trades":[]}`)).toBe(1795395690001.25)
  expect(publishedAt(`${head},"after":3,"at":1795395690001,"quote":{}}`)).toBe(1795395690001)
  // The resync of a topic that is gone has no time; nor has what is no update.
  expect(publishedAt(`${head},"at":0,"snapshot":{}}`)).toBeNull()
  expect(publishedAt(`${head}}`)).toBeNull()
  expect(publishedAt('')).toBeNull()
})

it('measures a delay, and takes a clock of Redis that is ahead as no delay', async () => {
  const registry = new Registry()
  const sent = nothingSent()
  const flushed = measureFlushes(registry, sent, () => 10_000)
  flushed(2, { text: '{"topic":"s:A","epoch":"e","seq":1,"at":9970,"quote":{}}' })
  flushed(2, { text: '{"topic":"s:A","epoch":"e","seq":2,"at":12000,"quote":{}}' })
  flushed(40)
  sent.deliveries += 5
  const text = await registry.metrics()
  expect(text).toContain('watchfloor_delay_seconds_sum 0.03\n')
  expect(text).toContain('watchfloor_delay_seconds_count 2\n')
  expect(text).toContain('watchfloor_delay_seconds_bucket{le="0.025"} 1\n')
  expect(text).toContain('watchfloor_flush_seconds_bucket{le="0.005"} 2\n')
  expect(text).toContain('watchfloor_flush_seconds_count 3\n')
  expect(text).toContain('watchfloor_deliveries_total 5\n')
})
