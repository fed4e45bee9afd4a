import { expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { LINE_DROPS } from '../../../server/metrics/lines.ts'
import { LEASE_MS, RENEW_EVERY_MS } from '../../../server/redis/lease.ts'
import { grouped, inCode, text } from '../../support/figures.ts'

const DOORS = 'server/devices/doors'
const SECOND = 1000
const MINUTE = 60_000
const { GTFS_EVERY_S, GTFS_GROUP } = readConfig({})

const page = text('docs/lines.md')

test('docs/lines.md gives the figures that the code has', () => {
  const flowing = page.replace(/\s+/g, ' ')
  const idle = inCode(`${DOORS}/nmea-line.ts`, 'IDLE_MS') / MINUTE
  const sentences = [
    `the same at most once in ${inCode(`${DOORS}/nmea-tell.ts`, 'TOLD_EVERY_MS') / SECOND} seconds`,
    `The first line must come within ${inCode(`${DOORS}/nmea-line.ts`, 'FIRST_LINE_MS') / SECOND} seconds`,
    `a line has at most ${grouped(inCode(`${DOORS}/nmea-line.ts`, 'MOST_LINE_BYTES'))} bytes`,
    `a connection on which nothing comes for ${idle} minutes ends`,
    `After ${idle} minutes the connection ends`,
    `another takes over within ${(LEASE_MS + RENEW_EVERY_MS) / SECOND} seconds`,
    `A message has at most ${inCode(`${DOORS}/mqtt.ts`, 'MOST_BYTES') / 1024} KiB`,
    `every \`GTFS_EVERY_S\` (${GTFS_EVERY_S}) seconds`,
    `the group \`GTFS_GROUP\` (\`${GTFS_GROUP}\`)`,
    `at most ${inCode(`${DOORS}/gtfs-fetch.ts`, 'MOST_FEED_BYTES') / 1024 / 1024} MiB`,
    `${grouped(inCode(`${DOORS}/gtfs-read.ts`, 'MOST_ENTITIES'))} entities`,
    `must come within ${inCode(`${DOORS}/gtfs-fetch.ts`, 'FEED_WITHIN_MS') / SECOND} seconds`,
    `last fix is older than ${inCode(`${DOORS}/gtfs-devices.ts`, 'STALE_MS') / MINUTE} minutes`,
    `at most once in ${inCode(`${DOORS}/gtfs-feed.ts`, 'SAME_MS') / SECOND} seconds for all who may see the same`,
  ]
  expect(sentences.filter((sentence) => !flowing.includes(sentence))).toEqual([])
})

test('docs/lines.md tells of all that is not taken', () => {
  const rows = [...page.matchAll(/^\| `((?:nmea|mqtt|gtfs)_\w+)` \|/gm)].map(([, reason]) => reason)
  expect(rows).toEqual([...LINE_DROPS])
})
