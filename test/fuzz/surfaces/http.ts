import fc from 'fast-check'
import { corpus } from '../corpus/http.ts'
import { type HttpRequest, requests } from '../shapes/http-requests.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { readResponses } from '../wire/responses.ts'

/** Requests on one connection; `pause`: between them, in milliseconds. */
export type HttpCase = { requests: HttpRequest[]; pause: number; half: boolean }

const shapes: fc.Arbitrary<HttpCase> = fc.record({
  requests,
  pause: fc.constantFrom(0, 0, 0, 0, 2, 20),
  half: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
})

const stepsOf = ({ requests, pause, half }: HttpCase): Step[] => [
  ...requests.flatMap(({ bytes }): Step[] => (pause > 0 ? [{ send: bytes }, { pause }] : [{ send: bytes }])),
  ...(half ? [{ half: true as const }] : []),
]

/** A request that waits for its turn waits no longer than this. */
const QUIET_MS = 250

export const http = defineSurface('http', {
  about: 'HTTP requests: targets, headers, bodies, pipelines',
  lanes: 6,
  shapes,
  corpus,
  run: async ({ port, from }, value: HttpCase) => {
    const steps = stepsOf(value)
    const methods = value.requests.map((each) => each.method)
    // After one whose end is unclear, or that is an upgrade, what follows may be read as anything.
    const loose = value.requests.some((each) => each.loose || /upgrade|connect /i.test(each.bytes))
    const done = (text: string): boolean => !loose && readResponses(text, methods, loose).count >= methods.length
    const { text, cut } = await converse({ port, from, steps, done, quietMs: QUIET_MS, limitMs: 20_000 })
    const { refusals, faults } = readResponses(text, methods, loose)
    return { refusals, faults, cut, sent: sentBy(steps) }
  },
})
