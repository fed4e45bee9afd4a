import fc from 'fast-check'
import type { Use } from '../../../server/people/tokens.ts'
import { corpus } from '../corpus/tokens.ts'
import { changedToken, type ShownToken, shownToken } from '../shapes/tokens.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { saysClose, textFrame, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'
import { readResponses } from '../wire/responses.ts'
import { tokenOf } from '../wire/tokens.ts'

/** Where tokens are shown: in cookies, in the header, when a client joins, or to sign in with. */
const PLACES = ['cookie', 'header', 'handshake', 'join', 'post', 'renew'] as const
/** `many`: so many others are shown beside. */
export type TokensCase = { place: (typeof PLACES)[number]; shown: ShownToken; many: number }

const shapes: fc.Arbitrary<TokensCase> = fc.record({
  place: fc.constantFrom(...PLACES),
  shown: shownToken,
  many: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(1, 50, 90, 3000)),
})

/** For what each place takes tokens. Links are known to nobody, as this floor keeps none: whoever shows one stays out. */
const TAKES: Record<TokensCase['place'], readonly Use[]> = {
  cookie: ['session'],
  header: ['bearer', 'seat'],
  handshake: ['session'],
  join: ['bearer', 'seat'],
  post: [],
  renew: ['ticket', 'bearer', 'seat'],
}

const BREAKS = /[\r\n\0]/g
const cookies = (text: string, many: number): string =>
  `Cookie: ${'a=b; '.repeat(many)}wf_session=${text.replaceAll(BREAKS, '')}`
const get = (...headers: string[]): string =>
  `${['GET /api/symbols HTTP/1.1', 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`
const posted = (text: string): string => {
  const body = Buffer.from(JSON.stringify({ token: text })).toString('latin1')
  const type = 'Sec-Fetch-Site: same-origin\r\nContent-Type: application/json'
  return `POST /api/session HTTP/1.1\r\nHost: localhost\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
const joining = (auth: object): Step[] => [{ hear: '0{' }, { send: textFrame(`40${JSON.stringify(auth)}`) }]

const stepsOf = async ({ place, many }: TokensCase, text: string): Promise<Step[]> => {
  const header = `Authorization: Bearer ${text.replaceAll(BREAKS, '')}`
  if (place === 'cookie') return [{ send: get(cookies(text, many)) }]
  if (place === 'header') return [{ send: get(header, ...new Array<string>(Math.min(many, 90)).fill('X-A: b')) }]
  if (place === 'post') return [{ send: posted(text) }]
  if (place === 'handshake')
    return [{ send: UPGRADE.replace('\r\n\r\n', `\r\n${cookies(text, many)}\r\n\r\n`) }, ...joining({})]
  if (place === 'join') return [{ send: UPGRADE }, ...joining({ token: text, ...(many > 0 && { more: many }) })]
  const own = await tokenOf('Fuzz')
  const request = `420["renew",${JSON.stringify({ token: text })}]`
  return [{ send: UPGRADE }, ...joining({ token: own }), { hear: '40{' }, { send: textFrame(request) }]
}

/** Whether what came says that somebody is in by what they showed. */
const isIn = (place: TokensCase['place'], text: string): boolean => {
  if (place === 'renew') return /430\[\{"until"/.test(text)
  if (place === 'handshake' || place === 'join') return text.includes('42["hello"')
  return text.startsWith('HTTP/1.1 200')
}

export const tokens = defineSurface('tokens', {
  about: 'what lets people in, where it is not what was signed: in cookies, headers, sockets and bodies',
  lanes: 6,
  shapes,
  corpus,
  run: async ({ closedPort: port, from }, value: TokensCase) => {
    const { place, shown } = value
    const right = 'use' in shown ? await tokenOf('Fuzz', shown.use) : ''
    const text = changedToken(right, shown)
    const steps = await stepsOf(value, text)
    const isSocket = ['handshake', 'join', 'renew'].includes(place)
    const isOver = (all: string): boolean =>
      isSocket
        ? saysClose(all) || (place === 'renew' ? all.includes('430[') : all.includes('42["hello"'))
        : readResponses(all, ['GET'], false).count > 0
    const { text: heard, cut } = await converse({ port, from, steps, done: isOver, quietMs: 3000, limitMs: 20_000 })
    const { refusals, faults } = isSocket ? readConversation(heard) : readResponses(heard, ['GET'], false)
    const isRight = 'use' in shown && text === right && TAKES[place].includes(shown.use)
    const wrongly = isIn(place, heard) && !isRight && shownAs(place, text) !== right
    const shut = isRight && value.many <= 50 && !isIn(place, heard)
    return {
      refusals,
      cut,
      sent: sentBy(steps),
      faults: [
        ...faults,
        ...(wrongly ? [`somebody is in by ${place}: ${text.slice(0, 300)}`] : []),
        ...(shut ? [`nobody is in by ${place} with a right token`] : []),
      ],
    }
  },
})

/** What is left of a text where it is read: blanks around it, or what follows it in a list, are not part of it. */
const shownAs = (place: TokensCase['place'], text: string): string =>
  place === 'cookie' || place === 'handshake'
    ? (text.replaceAll(BREAKS, '').split(';')[0] ?? '').trim()
    : text.replaceAll(BREAKS, '').trim()
