import { expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { MOST_ATTRIBUTE_BYTES } from '../../../server/devices/device-faults.ts'
import { readOsmAnd } from '../../../server/devices/doors/osmand.ts'
import { MOST_IMPORTED } from '../../../server/devices/importing.ts'
import { MOST_LIST_BYTES, MOST_REPORT_BYTES } from '../../../server/http/body.ts'
import { MOST_ADDED } from '../../../server/http/devices-shapes.ts'
import { COMMAND_STATES } from '../../../wire/commands.ts'
import { MOST_REPORTED } from '../../../wire/devices.ts'
import { MOST_READINGS } from '../../../wire/readings.ts'
import { grouped, inCode, inLua, text } from '../../support/figures.ts'

const page = text('docs/devices.md')
const flowing = page.replace(/\s+/g, ' ')
const KIB = 1024
const most = (query: string): string | undefined =>
  new RegExp(`${query}Query = [^}]*?limit: whole\\(1, (\\d+)\\)`).exec(text('server/http/query.ts'))?.[1]

const { HTTP_SHARE, HTTP_SHARE_PER_ADDRESS } = readConfig({})
const PACE = /PACE = \{ share: (\d+) \/ 1000, burst: (\d+)/.exec(text('server/devices/intake.ts'))?.slice(1) ?? []

const SENTENCES = [
  `up to ${MOST_REPORTED} fixes`,
  `there is room for ${MOST_READINGS}`,
  `at most ${inCode('server/devices/doors/told.ts', 'MOST_ATTRIBUTES')} and ${grouped(inCode('server/devices/doors/told.ts', 'MOST_ATTRIBUTE_BYTES'))} bytes together`,
  `at most ${MOST_REPORT_BYTES / KIB} KiB`,
  `up to ${MOST_LIST_BYTES / KIB / KIB} MiB and ${grouped(MOST_IMPORTED)} devices`,
  `adds up to ${MOST_ADDED} devices`,
  `the ${inCode('server/devices/colleagues.ts', 'MOST_SHOWN')} nearest of them (of the first ${inCode('server/devices/colleagues.ts', 'MOST_LOOKED_AT')} of the group)`,
  `one for each attribute, up to ${inCode('server/devices/csv.ts', 'MOST_ATTRIBUTE_COLUMNS')}`,
  `may use ${HTTP_SHARE * 100}% of a core (\`HTTP_SHARE\`), one address ${HTTP_SHARE_PER_ADDRESS * 100}%`,
  `One device may send ${PACE[0]} reports a second, and ${PACE[1]} at once`,
  `newest first; \`limit\` up to ${most('commands')};`,
  `\`limit\` up to ${most('orderDevices')};`,
]

test('docs/devices.md gives the figures that the code has', () => {
  expect(SENTENCES.filter((sentence) => !flowing.includes(sentence))).toEqual([])
  expect(MOST_ATTRIBUTE_BYTES).toBe(inLua('ATTRIBUTES_BYTES'))
  expect(flowing).toContain('from 2147483647 on')
})

test('docs/devices.md lists the routes that there are, and no others', () => {
  const code = ['devices', 'devices-csv'].map((name) => text(`server/http/${name}.ts`)).join('\n')
  const routes = [...code.matchAll(/router\.(get|post|put|delete)\('([^']+)'/g)].map(
    ([, method = '', path = '']) => `${method.toUpperCase()} /api${path.replace(':id', '<id>')}`,
  )
  const listed = [...page.matchAll(/^\| `((?:GET|POST|PUT|DELETE) [^`?]+)/gm)].map(([, route]) => route)
  expect(routes.length).toBe(9)
  expect(listed.sort()).toEqual(routes.sort())
})

test('the parameters of the page are those that are read', () => {
  const [table = ''] = /\| parameter \|[\s\S]*?\n\n/.exec(page) ?? []
  const listed = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  )
  const [own = ''] = /const OWN = \[[\s\S]*?\n\]/.exec(text('server/devices/doors/osmand.ts')) ?? []
  const read = [...own.matchAll(/'(\w+)'/g)].map(([, name]) => name)
  // The key is for whoever lets it in; hdop is kept by its own name, as any other number.
  expect(new Set(listed)).toEqual(new Set([...read.filter((name) => name !== 'key'), 'hdop']))
})

test('what is to be typed into OsmAnd is read, once the app has put in its values', () => {
  const [, address = ''] = /^ {4}(https:\S+\{6\})$/m.exec(page) ?? []
  const values = ['48.2', '16.3', '1718000000000', '4.5', '171.0', '8.25', '93.0']
  const filled = address.replace(/\{(\d)\}/g, (_, i) => values[Number(i)] ?? '')
  expect(readOsmAnd(new URL(filled).searchParams, 0)).toEqual({
    id: 'van-7',
    report: {
      fixes: [
        {
          ...{ t: 1_718_000_000_000, lat: 48.2, lon: 16.3, speed: 8.25, heading: 93 },
          readings: { accuracy: 4.5, altitude: 171 },
        },
      ],
    },
  })
})

test('the states that a device may say of a command are states', () => {
  for (const state of ['acknowledged', 'done', 'failed', 'refused']) expect(COMMAND_STATES).toContain(state)
})
