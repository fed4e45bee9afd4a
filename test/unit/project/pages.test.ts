import { expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { MOST_IN_A_MESSAGE } from '../../../server/live/requests.ts'
import { MOST_ITEMS, MOST_PLACED } from '../../../wire/calls.ts'
import { CELL_ZOOM, MAX_VIEW_CELLS, MAX_VIEW_TILES } from '../../../wire/cells.ts'
import { MOST_COMMANDS_READ, WORKED_ON_MS } from '../../../wire/command-calls.ts'
import { MOST_ENDED, MOST_FAILURES, MOST_KEPT, MOST_OPEN, MOST_ORDERED } from '../../../wire/commands.ts'
import { MAX_LATITUDE } from '../../../wire/fleet.ts'
import { MAX_VIEW_GROUPS, MOST_GROUPS } from '../../../wire/groups.ts'
import { INTERVALS } from '../../../wire/market.ts'
import { MOST_ADDED, MOST_ENTRIES_READ, MOST_STEPS } from '../../../wire/order-calls.ts'
import { SLICE_MS } from '../../../wire/past.ts'
import { MOST_READINGS, READINGS } from '../../../wire/readings.ts'
import { MOST_MESSAGE_BYTES } from '../../../wire/rooms.ts'
import { MAX_NAME_BYTES } from '../../../wire/topics.ts'
import { grouped, inCode, inLua, library, text } from '../../support/figures.ts'

/** Words that say a number, as long as it is that one. */
const inWords = (value: number, said: number, words: string): string =>
  value === said ? words : `${value}, not "${words}"`
/** The largest `limit` of a query of the API. */
const most = (query: string): string | undefined =>
  new RegExp(`${query}Query = [^}]*?limit: whole\\(1, (\\d+)\\)`).exec(text('server/http/query.ts'))?.[1]

/** Points of a simplified track: at the most, and as a rule. */
const pointsOf = (which: 1 | 2): string => {
  const found = /points: whole\(1, ([\d_]+)\)\.default\((\d+)\)/.exec(text('server/http/query.ts'))
  return grouped(Number(found?.[which]?.replaceAll('_', '')))
}
/** The longest stretch of time of a query, in days. */
const stretch = (query: string): string | undefined =>
  new RegExp(`${query}Query = .*daysAtMost\\((\\d+)`).exec(text('server/http/query.ts'))?.[1]

const { MAX_REQUESTS, MAX_WATCHES, FLUSH_MAX_MS, CLIENT_SHARE } = readConfig({})
const KIB = 1024
const MIB = KIB * KIB

/** Each sentence as it must stand on the page, its figures taken from the code. */
const SENTENCES: Record<string, string[]> = {
  'docs/protocol.md': [
    `\`MAX_REQUESTS\` (${MAX_REQUESTS}) a second`,
    `at most \`MAX_WATCHES\` (${grouped(MAX_WATCHES)}) for a client`,
    `it may name up to ${grouped(MOST_IN_A_MESSAGE)} topics`,
    inWords(inCode('server/live/limit.ts', 'TOPICS_A_REQUEST'), 100, 'each hundred topics that one names'),
    `may cost the node ${CLIENT_SHARE * 100}% of a core (\`CLIENT_SHARE\`)`,
    inWords(
      (CLIENT_SHARE * inCode('server/access/visitors.ts', 'CLIENT_SAVES_MS')) / 1000,
      0.25,
      'a quarter of a second saved up',
    ),
    `after ${inCode('server/access/visitor.ts', 'OWING_SWEEPS')} seconds of that the connection is cut`,
    `Join within ${inCode('server/access/visitor.ts', 'SILENT_SWEEPS')} seconds`,
    `must be whole within ${inCode('server/access/visitor.ts', 'UNFINISHED_SWEEPS')} seconds`,
    `\`cursors\` names at most ${grouped(MAX_VIEW_CELLS)} cells`,
    inWords(inCode('server/live/limit.ts', 'FAR_TOO_MANY'), 20, 'at twenty times as many messages'),
    `While more than ${inCode('server/clients.ts', 'waitingBytes') / MIB} MiB are under way to you`,
    `Up to ${inCode('server/clients.ts', 'backlogBytes') / KIB} KiB may be under way`,
    `and ${inCode('server/clients.ts', 'waitingBytes') / MIB} MiB wait`,
    `If you take nothing at all for ${inCode('server/clients.ts', 'stalledMs') / 1000} seconds`,
    `\`slowed\` (${inCode('server/live/slow-client.ts', 'RATE')} frames a second; half as many each time it happens again`,
    inWords(inCode('server/live/slow-client.ts', 'LEAST_RATE'), 0.25, 'down to one in four seconds'),
    `Once you have kept up for ${inCode('server/live/slow-client.ts', 'CALM_MS') / 1000} seconds`,
    `one answer replays at most ${inCode('server/clients.ts', 'waitingBytes') / MIB} MiB`,
    `of one topic at most ${inCode('server/live/budget.ts', 'MOST_REPLAYED') / KIB} KiB`,
    `(${grouped(inLua('MOST_UPDATES'))} updates with trades of a symbol, ${grouped(inLua('MOST_UPDATES'))} updates and a day of a device)`,
    inWords(inLua('TRACK_SECONDS'), 86_400, 'updates and a day of a device'),
    `up to \`FLUSH_MAX_MS\` (${FLUSH_MAX_MS} ms)`,
    `"maxPayload":${inCode('server/sockets/server.ts', 'MOST_BYTES')}`,
    `It has 1 to ${MAX_NAME_BYTES} bytes`,
    `one map tile at zoom ${CELL_ZOOM}`,
    `a tenth around, at most ${MAX_VIEW_TILES}, for each group that you name in \`groups\`, at most ${MAX_VIEW_GROUPS};`,
    `Tiles times groups may be ${grouped(MAX_VIEW_CELLS)} at most`,
    inWords(inCode('server/fleet/groups.ts', 'GROUPS_EVERY_MS'), 2000, 'Groups are read every two seconds'),
    `up to ${inCode('server/market/symbols.ts', 'SPARK_MINUTES')} closes of the last minutes`,
    inWords(inCode('server/market/symbols.ts', 'FRESH_MS'), 2000, 'two seconds old'),
    `At least the newest ${grouped(inLua('MOST_CANDLES'))} minutes that have trades are kept`,
    `At least the newest ${grouped(inLua('MOST_FIXES'))} fixes by time are kept`,
    `go faster than ${inLua('FAST')} m/s`,
    `interval\` ${Object.keys(INTERVALS).join(', ')}; \`limit\` up to ${most('candles')};`,
    `in order of time; \`limit\` up to ${most('track')};`,
    `whatever the case; \`limit\` up to ${most('devices')};`,
    `at most ${stretch('slices')} days |`,
    `at most ${stretch('area')} days, ${MAX_VIEW_TILES} map tiles and ${grouped(inCode('server/http/past.ts', 'MOST_VISITS'))} devices |`,
    `at most ${grouped(inCode('server/http/past.ts', 'MOST_FIXES'))} |`,
    `Of more than ${grouped(inCode('server/archive/join-zoomed.ts', 'MOST_READ'))} fixes`,
    inWords(inCode('server/http/of-topic.ts', 'FRESH_MS'), 10_000, 'may be 10 seconds old'),
    inWords(inCode('server/archive/join-track.ts', 'LATE_MS'), 60_000, 'more than a minute after they were made'),
    `than \`points\` (${pointsOf(2)} unless you say; up to ${pointsOf(1)})`,
    inWords(SLICE_MS, 600_000, 'stretches of ten minutes'),
    `more than ${grouped(inCode('server/fleet/register.ts', 'MOST_DEVICES'))}, the rest is not listed`,
    `\`{count, messages}\`: the newest ${inLua('NEWEST')}`,
    `\`{count, items, read}\`: the newest ${inLua('MOST_KEPT')},`,
    `\`text\` has at most ${grouped(MOST_MESSAGE_BYTES)} bytes`,
    `at most ${inCode('server/rooms/requests.ts', 'MOST_MARKED')} of each`,
    `first, at most ${inCode('server/rooms/list.ts', 'MOST_ROOMS')}; the desk's`,
    `oldest first; \`limit\` up to ${most('messages')};`,
  ],
  'docs/rooms.md': [
    `The newest ${grouped(inLua('MOST_MESSAGES'))} messages of a room are kept`,
    `gets the newest ${inLua('NEWEST')} at once`,
    `(up to ${grouped(inLua('MOST_UPDATES'))} updates)`,
    `lists the ${inCode('server/rooms/list.ts', 'MOST_ROOMS')} rooms`,
    `The list knows ${grouped(inLua('MOST_ROOMS'))} rooms`,
    `at most ${inCode('server/rooms/clean.ts', 'MOST_MARKS')} combining marks`,
    `A message has at most ${grouped(MOST_MESSAGE_BYTES)} bytes`,
    `one message mentions ${inCode('server/rooms/mentions.ts', 'MOST_MENTIONED')} people at most`,
    `may write ${inCode('server/rooms/say.ts', 'atOnce')} messages at once, and ${inCode('server/rooms/say.ts', 'perSecond')} a second`,
    `has the newest ${inLua('MOST_KEPT')} items`,
    `read each of ${grouped(inLua('MOST_READ'))} rooms`,
    `last tab is gone after ${inCode('server/rooms/presence.ts', 'LINGER_MS') / 1000} seconds`,
    `every ${inCode('server/rooms/presence.ts', 'EVERY_MS') / 1000} seconds, good for ${inCode('server/rooms/presence.ts', 'LEASE_MS') / 1000}.`,
    inWords(inCode('server/rooms/roster.ts', 'LEAST_MS'), 1000, 'more often than once a second'),
    `${grouped(inLua('MOST_HERE'))} people are shown`,
    inWords(inCode('server/rooms/here.ts', 'perSecond'), 5, 'at most five times a second'),
    inWords(inLua('SHOWN_SECONDS'), 86_400, 'forgotten after a day'),
  ],
  'docs/sign-in.md': [
    `An address may fail ${inCode('server/people/tries.ts', 'TRIES_A_MINUTE')} times a minute`,
    `the file \`SECRET_FILE\`, ${inCode('server/people/secret.ts', 'BYTES')} random bytes`,
    inWords(inCode('server/people/attendance.ts', 'RENEW_WITHIN_MS'), 30_000, 'Thirty seconds before that'),
  ],
  'docs/add-a-feed.md': [
    `A name has 1 to ${MAX_NAME_BYTES} bytes`,
    `within ±${MAX_LATITUDE}`,
    `a whole number from 1 to ${inLua('LARGEST')}`,
    inWords(inLua('AHEAD'), 300_000, "more than five minutes ahead of Redis's clock"),
    `before the year ${new Date(inLua('EARLIEST')).getUTCFullYear()}`,
    `up to 1e${Math.log10(inLua('MOST'))} either way`,
    `of at most ${grouped(inLua('ATTRIBUTES_BYTES'))} bytes`,
    `there may be ${MOST_GROUPS} groups`,
    `beyond 1e${Math.log10(inLua('MOST'))}`,
    `(any text, cut at ${inLua('ROUTE_BYTES')} bytes)`,
    `cut at ${inLua('NAME_BYTES')} bytes`,
    `the newest ${grouped(inLua('MOST_CANDLES'))} minutes that have trades`,
    `by whole hours, once there are ${inLua('SPARE_CANDLES')} more`,
    `the newest ${grouped(inLua('MOST_FIXES'))} fixes by time; the oldest go once there are ${inLua('SPARE_FIXES')} more`,
    inWords(inLua('TRACK_SECONDS'), 86_400, 'the whole track a day after the last fix'),
    `the last ${grouped(inLua('MOST_UPDATES'))} updates of each device`,
    `a JSON object of numbers, at most ${inLua('MOST_READINGS')} of them`,
    inWords(inLua('PARKED_SILENCE'), 86_400_000, 'it stays on the map for a day'),
    `go faster than ${inLua('FAST')} m/s`,
    `in any mixture, up to ${MOST_ITEMS} items a call`,
    `for each fix, up to ${MOST_ITEMS} fixes a call`,
    `may go in one call, up to ${MOST_PLACED} of them`,
    `\`stop\` sends what is left, for ${inCode('feed/publisher.ts', 'limit') / 1000} seconds at most`,
    `speed (m/s, 0 to ${/args\[i \+ 4\], 0, (\d+)/.exec(library)?.[1]})`,
  ],
}

const pages = Object.entries(SENTENCES).map(([path, sentences]) => ({ path, sentences, page: text(path) }))

test.each(pages)('$path gives the figures that the code has', ({ page, sentences }) => {
  const flowing = page.replace(/\s+/g, ' ')
  expect(sentences.filter((sentence) => !flowing.includes(sentence))).toEqual([])
})

test('a node gives the caps of rooms as the library does', () => {
  expect(inLua('MESSAGE_BYTES')).toBe(MOST_MESSAGE_BYTES)
  expect(inLua('MOST_MENTIONED')).toBe(inCode('server/rooms/mentions.ts', 'MOST_MENTIONED'))
  expect(inLua('MOST_TOLD')).toBe(inCode('server/rooms/calls.ts', 'MOST_TOLD'))
  expect(inLua('MOST_MARKED')).toBe(inCode('server/rooms/requests.ts', 'MOST_MARKED'))
  expect(inLua('NEWEST')).toBe(inCode('server/kinds/room.ts', 'NEWEST'))
  expect(inLua('PLACE_BYTES')).toBe(inCode('server/rooms/requests.ts', 'MOST_PLACE_BYTES'))
  expect(inLua('MOST_PAGE')).toBe(Number(most('messages')))
})

test('a node gives the caps of readings, commands and orders as the library does', () => {
  const caps = { MOST_READINGS, MOST_OPEN, MOST_ORDERED, MOST_ADDED, MOST_STEPS, MOST_COMMANDS_READ, MOST_ENTRIES_READ }
  for (const [name, value] of Object.entries(caps)) expect([name, inLua(name)]).toEqual([name, value])
  expect([inLua('MOST_COMMANDS'), inLua('TOLD_ENDED'), inLua('TOLD_FAILURES')]).toEqual([
    MOST_KEPT,
    MOST_ENDED,
    MOST_FAILURES,
  ])
  expect(inLua('WORKED_ON')).toBe(WORKED_ON_MS)
})

test('docs/add-a-feed.md names all readings that are known', () => {
  const [, listed = ''] =
    /Known names, and their units, are (.*?)\. /.exec(text('docs/add-a-feed.md').replace(/\s+/g, ' ')) ?? []
  expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()).toEqual(Object.keys(READINGS).sort())
})

test('wire/calls.ts gives the caps of the library, and the publisher stays below them', () => {
  expect([inLua('MOST_ITEMS'), inLua('MOST_PLACED')]).toEqual([MOST_ITEMS, MOST_PLACED])
  expect(inLua('MOST_GROUPS')).toBe(MOST_GROUPS)
  // The newest quote goes with a batch of trades; a batch has one device a call.
  expect(inCode('feed/queue.ts', 'MOST_A_CALL') + 1).toBeLessThanOrEqual(MOST_ITEMS)
  expect(inCode('feed/publisher.ts', 'MOST_CALLS')).toBeLessThanOrEqual(MOST_PLACED)
})

test('docs/add-a-feed.md lists the reasons for which the library refuses items, and no others', () => {
  const [table = ''] = /\| reason \|[\s\S]*?\n\n/.exec(text('docs/add-a-feed.md')) ?? []
  const listed = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)])
  const reasons = library.matchAll(/(?:nil, |reason = |reason, old = |not \w+ and |(?<='size' )or )'(\w+)'/g)
  const known = [...reasons].map(([, reason]) => reason)
  expect(new Set(listed.map(([, reason]) => reason))).toEqual(new Set(known))
})

test('docs/protocol.md adds up the candles of its example as its code does', async () => {
  const { foldChart } = await import('../../../docs/fold.ts')
  const [, lines = ''] = /```json\n([\s\S]*?)```/.exec(text('docs/protocol.md')) ?? []
  const [have, comes, then] = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const bars = new Map([[have.t, have]])
  foldChart(bars, 60_000, { candles: [comes] })
  expect([...bars.values()]).toEqual([then])
  expect(text('docs/protocol.md')).toContain(`"candles":[${JSON.stringify(comes)}]`)
})
