import { expect, test } from 'vitest'
import type { Command as ClientCommand, Fix, Life, Outcome } from '../../../docs/device.ts'
import { readConfig } from '../../../server/config.ts'
import { DEVICE_EVENTS } from '../../../server/devices/doors/socket-device.ts'
import { SOCKET_PATH } from '../../../server/sockets/server.ts'
import { DEVICE_STATES, MOST_OPEN, type Sent } from '../../../wire/commands.ts'
import { DEVICE_NAMESPACE } from '../../../wire/device-door.ts'
import { type Answer, MOST_REPORTED, type Report, type ReportedFix } from '../../../wire/devices.ts'
import { grouped, inCode, text } from '../../support/figures.ts'

const page = text('docs/devices-by-socket.md').replace(/\s+/g, ' ')
const client = text('docs/device.ts')
const [, kept, reported, noted] =
  /\[MOST_KEPT, MOST_REPORTED, MOST_NOTED\] = \[([\d_]+), (\d+), (\d+)\]/.exec(client) ?? []
const { MAX_REQUESTS, CLIENT_SHARE, ADDRESS_SHARE, MAX_CONNECTIONS_PER_ADDRESS } = readConfig({})
const DOOR = 'server/devices/doors/socket-device.ts'
const SHAPES = 'server/devices/shapes.ts'

const [, perSecond, atOnce] =
  /PACE = \{ share: (\d+) \/ 1000, burst: (\d+),/.exec(text('server/devices/intake.ts')) ?? []

const plain = (digits = ''): string => grouped(Number(digits.replaceAll('_', '')))

test('docs/devices-by-socket.md gives the figures that the code has', () => {
  const sentences = [
    `The namespace is \`${DEVICE_NAMESPACE}\`, the path \`${SOCKET_PATH}\``,
    `up to ${MOST_REPORTED} positions`,
    `kinds of commands that it understands, up to ${inCode(SHAPES, 'MOST_KINDS')}`,
    `up to ${inCode(SHAPES, 'MOST_VALUES')} texts, numbers`,
    `the texts have up to ${inCode(SHAPES, 'MOST_LETTERS')} letters`,
    `nothing else went for ${inCode('docs/device.ts', 'LIFE_EVERY_MS') / 1000} seconds`,
    `keeps ${plain(kept)} fixes`,
    `The client keeps ${plain(noted)}.`,
    `at most ${MOST_OPEN} commands of a device are open`,
    `\`MAX_REQUESTS\` (${MAX_REQUESTS}) messages a second`,
    `${100 * CLIENT_SHARE}% of a core (\`CLIENT_SHARE\`)`,
    `together ${100 * ADDRESS_SHARE}% (\`ADDRESS_SHARE\`)`,
    `\`MAX_CONNECTIONS_PER_ADDRESS\` (${grouped(MAX_CONNECTIONS_PER_ADDRESS)})`,
    `takes ${perSecond} reports a second, of which ${atOnce} may come at once`,
    `${inCode('server/devices/intake.ts', 'FIXES_A_REPORT')} fixes count as one report more`,
    `At most ${inCode(DOOR, 'MOST_UNDER_WAY')} messages of a device may wait`,
    `more than ${inCode(DOOR, 'MOST_BACKLOG') / 1024} KiB of commands wait`,
    inCode('server/sockets/server.ts', 'HANDSHAKES_SHARE') === 0.25 ? 'a quarter of its connections' : 'another share',
  ]
  expect(sentences.filter((sentence) => !page.includes(sentence))).toEqual([])
  expect(Number(reported)).toBe(MOST_REPORTED)
})

test('the page names the events and states that there are', () => {
  for (const event of DEVICE_EVENTS) expect(page).toContain(`The event \`${event}\``)
  for (const state of DEVICE_STATES) expect(page).toContain(`\`${state}\``)
})

test("the client's types are those of the project", () => {
  const fix: ReportedFix = { t: 1, lat: 30, lon: -97, parked: true, readings: { fuel: 1 } }
  const report: Report = { parked: true, every: 10, takes: ['stop'], attributes: { a: 1 } }
  const said: [Fix, Life] = [fix, report]
  const sent: Sent = { id: 'a', kind: 'stop', args: {}, until: 1 }
  const command: ClientCommand = sent
  const outcome: Outcome = { state: 'done', answer: 'yes' }
  const answer: Answer = { id: command.id, ...outcome }
  expect([said.length, answer.state]).toEqual([2, 'done'])
})
