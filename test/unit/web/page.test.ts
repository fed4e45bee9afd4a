import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { DEVICES_PAGE } from '../../../web/state/api.ts'
import { SAMPLES } from '../../../web/state/clock.ts'
import { fitColumns } from '../../../web/state/columns.ts'
import { MOST_PICKED } from '../../../web/state/commands/picked.ts'
import { MOST_PAGES } from '../../../web/state/device-list.ts'
import { formatPrice } from '../../../web/state/format.ts'
import { DEAD_HEARTBEATS, SILENT_HEARTBEATS } from '../../../web/state/health.ts'
import { WORKSPACES } from '../../../web/state/place.ts'
import { TRACK_SPAN } from '../../../web/state/selection.ts'
import { QUIET_AFTER } from '../../../web/state/staleness.ts'
import { IN_SIGHT, OUT_OF_SIGHT } from '../../../web/state/wanted.ts'
import { FIRST_SYMBOLS, MOST_SYMBOLS } from '../../../web/state/watchlist.ts'
import { PAUSE_AFTER } from '../../../web/views/shell/visibility.ts'
import { MAX_VIEW_TILES } from '../../../wire/cells.ts'
import { INTERVALS } from '../../../wire/market.ts'
import * as status from '../../../wire/status.ts'

const ROOT = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/dashboard.md', ROOT), 'utf8').replaceAll(/\s+/g, ' ')

const MINUTE = 60_000
const silence = (DEAD_HEARTBEATS * readConfig({}).HEARTBEAT_MS) / 1_000
const [keys, lastKey] = [WORKSPACES.slice(0, -1).map((_, i) => `\`${i + 1}\``), `\`${WORKSPACES.length}\``]

test.each([
  `keys ${keys.join(', ')} and ${lastKey} switch between them`,
  `${Object.keys(INTERVALS).join(', ')} above it`,
  `starts with the first ${FIRST_SYMBOLS} symbols, and holds ${MOST_SYMBOLS}`,
  `are written as \`${formatPrice(1.35e-10)}\``,
  `quiet for ${QUIET_AFTER / 1_000} seconds`,
  `${IN_SIGHT.rate} times a second, rows that cannot be seen every ${1 / OUT_OF_SIGHT.rate} seconds`,
  `in the last ${TRACK_SPAN / MINUTE} minutes`,
  `beyond ${MAX_VIEW_TILES} map tiles`,
  `older than ${status.LATE_AFTER} of its intervals, and than ${status.LEAST_LATE} seconds`,
  `older than ${status.STALE_AFTER} of its intervals, and than ${status.LEAST_STALE} seconds`,
  `for ${status.OFFLINE_AFTER_S / 60} minutes, and for ${status.OFFLINE_AFTER} of its intervals`,
  `silent since, for up to ${status.PARKED_FOR_S / 3600} hours`,
  `Until its interval is known, ${status.USUAL_EVERY} seconds count`,
  `The first ${(MOST_PAGES * DEVICES_PAGE).toLocaleString('en-US')} devices by id are listed`,
  `heard from within ${SILENT_HEARTBEATS} heartbeats`,
  `after ${DEAD_HEARTBEATS} heartbeats, ${silence} seconds, a new connection`,
  `Up to ${MOST_PICKED.toLocaleString('en-US')} devices can be ticked`,
  `of the last ${SAMPLES} updates`,
  `watches nothing after ${PAUSE_AFTER / 1_000} seconds`,
])('the page of the dashboard says what the code does: %s', (statement) => {
  expect(page).toContain(statement)
})

test('the page names the columns in the order in which they go', () => {
  const widths = { last: 1, change: 1, share: 1, bid: 1, ask: 1, volume: 1 }
  expect(fitColumns(0, widths, { wanted: 1, least: 1, cross: 0 }).without).toEqual([
    'bid',
    'ask',
    'volume',
    'change',
    'spark',
  ])
  expect(page).toContain('bid and ask go first, then the volume, the change and the sparkline')
})

test('the words that the page sets apart are on the screen', () => {
  const views = new URL('web/views/', ROOT)
  const sources = readdirSync(views, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx'))
    .map((path) => readFileSync(new URL(path, views), 'utf8'))
    .join('\n')
  const words = [...page.matchAll(/(?<![*\w])\*([^*]+)\*(?!\*)/g)].map(([, word]) => word ?? '')
  expect(words.length).toBeGreaterThan(4)
  expect(words.filter((word) => !sources.includes(word))).toEqual([])
})
