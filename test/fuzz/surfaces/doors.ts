import fc from 'fast-check'
import { corpus } from '../corpus/doors.ts'
import { type DoorRequest, doorRequest, RIGHT_KEY } from '../shapes/device-requests.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { keyFor } from '../wire/device-key.ts'
import { readResponses } from '../wire/responses.ts'

/** Requests of phones and trackers, one after the other on a connection. */
export type DoorsCase = { requests: DoorRequest[] }

const shapes: fc.Arbitrary<DoorsCase> = fc.record({
  requests: fc.array(doorRequest, { minLength: 1, maxLength: 4 }),
})

const ANSWERED_MS = 60_000
const LOGIN = /^(Authorization: Basic )(.*)$/

/** Puts the key in, which stands behind base64 where an app logs in. */
const withKey = (header: string, right: string): string =>
  LOGIN.test(header)
    ? header.replace(LOGIN, (_, start: string, text: string) => {
        const shown = Buffer.from(text, 'base64').toString().replace(RIGHT_KEY, right)
        return start + Buffer.from(shown).toString('base64')
      })
    : header.replace(RIGHT_KEY, right)

const isRight = ({ path, headers }: DoorRequest): boolean =>
  `${path} ${headers.map((header) => (LOGIN.test(header) ? Buffer.from(header.slice(21), 'base64') : header))}`.includes(
    RIGHT_KEY,
  )

const bytesOf = ({ path, headers, type, body }: DoorRequest, right: string): string => {
  const bytes = Buffer.from(body.toWellFormed()).toString('latin1')
  const lines = [
    `${type === null ? 'GET' : 'POST'} ${path.replace(RIGHT_KEY, right)} HTTP/1.1`,
    'Host: localhost',
    ...headers.map((header) => Buffer.from(withKey(header, right).toWellFormed()).toString('latin1')),
    ...(type === null ? [] : [`Content-Type: ${type}`, `Content-Length: ${bytes.length}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${bytes}`
}

export const doors = defineSurface('doors', {
  about: 'requests as the apps of phones and trackers send them',
  lanes: 4,
  shapes,
  corpus,
  run: async ({ port, from }, { requests }: DoorsCase) => {
    const right = await keyFor(port)
    const steps: Step[] = requests.map((request) => ({ send: bytesOf(request, right) }))
    const methods = requests.map(({ type }) => (type === null ? 'GET' : 'POST'))
    const done = (text: string): boolean => readResponses(text, methods, false).count >= methods.length
    const { text, cut } = await converse({ port, from, steps, done, quietMs: ANSWERED_MS, limitMs: ANSWERED_MS })
    const { refusals, faults, count } = readResponses(text, methods, false)
    const isIn = count > refusals.length && !requests.some(isRight)
    const missing = !cut && count < methods.length ? [`${count} responses to ${methods.length} requests`] : []
    return {
      refusals,
      cut,
      faults: [...faults, ...missing, ...(isIn ? ['somebody is in without a right key'] : [])],
      sent: sentBy(steps),
    }
  },
})
