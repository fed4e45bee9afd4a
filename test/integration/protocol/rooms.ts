import { expect, it } from 'vitest'
import type { Cursor, Gap, Segment, Update, WatchResult } from '../../../wire/protocol.ts'
import type { Message, SayReply } from '../../../wire/rooms.ts'
import { eventually } from '../../support/eventually.ts'
import type { RawClient } from '../../support/raw-client.ts'
import { flushEverything } from '../../support/redis-everywhere.ts'
import { type Stage, segments, watch } from './stage.ts'

const ROOM = 'm:proto'
const PRESENCE = 'p:floor'
const DONE = { done: true }

const said = async (client: RawClient, request: object): Promise<Message> => {
  const reply = await client.ask<SayReply>('say', request)
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.message
}
const topicsOf = (name: string): string[] => [ROOM, `i:${name}`, PRESENCE, `v:${name}`]
const heard = (client: RawClient, topic: string): Update[] =>
  segments(client, topic).filter((segment: Segment): segment is Update => !('snapshot' in segment))
const cursorsOf = (results: readonly WatchResult[]): Cursor[] =>
  results.flatMap((result) => (result.kind === 'error' ? [] : [result.cursor]))

/** What people write, mark and tell. */
export const testRooms = (stage: () => Stage): void => {
  let n = 0
  const id = (): string => `id-${++n}`

  it('has messages, inboxes, presence and screens of the shapes that the page gives', async () => {
    const { person } = stage()
    const [ann, bob] = [await person('proto-ann'), await person('proto-bob')]
    const wish = topicsOf('proto-bob').map((topic) => ({ topic }))
    const before = await watch(bob, { topics: wish })
    expect(before.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot', 'snapshot', 'snapshot'])
    // Once Redis knows that he is here, he can be mentioned.
    const mentions = async () => {
      const message = await said(ann, { room: ROOM, id: id(), text: 'Hi @proto-bob' })
      return message.to && message
    }
    const message = await eventually('he is mentioned', mentions, { everyMs: 500 })
    expect(await said(ann, { room: ROOM, n: message.n, text: 'Hi again' })).toHaveProperty('edited')
    expect(await said(ann, { room: ROOM, n: message.n, text: '' })).toHaveProperty('deleted')
    expect(await said(ann, { room: ROOM, id: id(), text: 'All hear', announce: true })).toHaveProperty('announced')
    expect(await bob.ask('here', { on: 's:AAPL', typing: ROOM, place: '#s=AAPL' })).toEqual(DONE)
    expect(await bob.ask('mark', { read: { [ROOM]: message.n }, done: [1] })).toEqual(DONE)
    await eventually('he hears it all', () => {
      const [room, inbox, presence, screen] = topicsOf('proto-bob').map((topic) => heard(bob, topic))
      const items = inbox?.flatMap((update) => update.items ?? []) ?? []
      expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['mention', 'announcement']))
      expect(items.some(({ done }) => done !== undefined)).toBe(true)
      expect(inbox?.some(({ read }) => read?.[ROOM] === message.n)).toBe(true)
      expect(room?.some(({ typing }) => typing?.[0]?.id === 'proto-bob')).toBe(true)
      expect(presence?.some(({ here }) => here?.some(({ on }) => on === 's:AAPL'))).toBe(true)
      expect(screen?.at(-1)?.screen).toMatchObject({ place: '#s=AAPL' })
      return true
    })
    expect(await bob.ask('here', { on: null, place: null })).toEqual(DONE)
    await eventually('nothing is shown', () => heard(bob, 'v:proto-bob').at(-1)?.screen === null)
    const again = await person('proto-bob')
    const now = await watch(again, { topics: wish })
    expect(now.every(({ kind }) => kind === 'snapshot')).toBe(true)
    await said(ann, { room: ROOM, id: id(), text: 'One more' })
    await bob.ask('mark', { read: { [ROOM]: message.n + 9 } })
    await ann.ask('here', { on: 's:MSFT' })
    const moved = () => wish.slice(0, 3).every(({ topic }) => heard(again, topic).length > 0)
    await eventually('all moved but the screen', moved)
    const late = await person('proto-bob')
    const missed = await watch(late, {
      topics: wish.map((one, i) => ({ ...one, cursor: cursorsOf(now)[i] as Cursor })),
    })
    expect(missed.slice(0, 3).map(({ kind }) => kind)).toEqual(['replay', 'replay', 'replay'])
  })

  it('conflates them too, is tuned and left, and says nothing new to whoever has it all', async () => {
    const { person } = stage()
    const ann = await person('proto-cat')
    const paced = { mode: 'latest', rate: 0.3 }
    const topics = topicsOf('proto-cat')
    await watch(ann, { topics: topics.map((topic) => ({ topic, ...paced })) } as never)
    const act = async (i: number): Promise<void> => {
      await said(ann, { room: ROOM, id: id(), text: `${i}` }).catch(() => {})
      await ann.ask('mark', { read: { [ROOM]: i + 1 } })
      await ann.ask('here', { on: `s:S${i}`, place: `#${i}` })
    }
    let i = 0
    const merged = async () => {
      await act(i++)
      return topics.every((topic) => heard(ann, topic).some(({ after }) => after !== undefined))
    }
    await eventually('all are merged', merged, { everyMs: 100 })
    const tuned = await ann.ask('tune', { topics: topics.map((topic) => ({ topic })) })
    expect(tuned).toMatchObject({ results: topics.map(() => ({ kind: 'tuned' })) })
    const other = await person('proto-cat')
    const all = async () => {
      const found = await watch(other, { topics: topics.map((topic) => ({ topic })) })
      const wish = found.map(({ topic }, place) => ({ topic, cursor: cursorsOf(found)[place] as Cursor }))
      return (await watch(other, { topics: wish })).every(({ kind }) => kind === 'current')
    }
    // A topic that cannot be read just now has no cursor.
    await eventually('they have it all', () => all().catch(() => false))
    expect(await ann.ask('unwatch', { topics })).toMatchObject({ results: topics.map(() => ({ kind: 'unwatched' })) })
  })

  it('tells who went, and refuses who has no name, and what is not theirs', async () => {
    const { person, client } = stage()
    const [ann, bob, eve] = [await person('proto-ann'), await person('proto-dan'), await person('proto-eve')]
    await watch(ann, { topics: [{ topic: PRESENCE }] })
    const message = await said(ann, { room: ROOM, id: id(), text: 'mine' })
    expect(await bob.ask('say', { room: ROOM, n: message.n, text: 'his' })).toMatchObject({
      error: { code: 'not_allowed' },
    })
    const nobody = await client()
    for (const [event, payload] of [
      ['say', { room: ROOM, id: id(), text: 'x' }],
      ['mark', { done: [1] }],
      ['here', { on: null }],
    ] as const)
      expect(await nobody.ask(event, payload)).toMatchObject({ error: { code: 'not_signed_in' } })
    // Whoever was not seen does not go: her coming is told within a moment, and what she looks at after it.
    await eve.ask('here', { on: 's:AAPL' })
    const seen = () =>
      heard(ann, PRESENCE).some(({ here }) => here?.some(({ id: who, on }) => who === 'proto-eve' && on))
    await eventually('she is seen', seen)
    eve.close()
    await eventually('she is gone', () => heard(ann, PRESENCE).some(({ gone }) => gone?.includes('proto-eve') === true))
  })

  it('refuses exactly what the document does not allow', async () => {
    const { person, malformed } = stage()
    const ann = await person('proto-ann')
    const bad: [event: string, payload: unknown][] = [
      ['say', null],
      ['say', { room: 's:AAPL', id: 'x', text: 'x' }],
      ['say', { room: ROOM, id: 'a b', text: 'x' }],
      ['say', { room: ROOM, id: 'x', text: '' }],
      ['say', { room: ROOM, id: 'x', text: 'x'.repeat(4001) }],
      ['say', { room: ROOM, n: 0, text: 'x' }],
      ['mark', { read: { 's:AAPL': 1 } }],
      ['mark', { done: Array.from({ length: 101 }, () => 1) }],
      ['here', { on: 'nothing' }],
      ['here', { typing: 'p:floor' }],
      ['here', { place: 'x'.repeat(2001) }],
    ]
    for (const [event, payload] of bad)
      expect(await ann.ask(event, payload), JSON.stringify(payload)).toMatchObject({ error: { code: 'bad_request' } })
    expect(malformed.splice(0)).toHaveLength(bad.length)
  })

  it('begins anew when Redis is emptied', async () => {
    const { person, command } = stage()
    const ann = await person('proto-fay')
    const topics = topicsOf('proto-fay')
    await watch(ann, { topics: topics.map((topic) => ({ topic })) })
    await said(ann, { room: ROOM, id: id(), text: 'x' })
    await ann.ask('mark', { read: { [ROOM]: 1 } })
    await ann.ask('here', { on: 's:AAPL', place: '#x' })
    await eventually('all moved', () => topics.every((topic) => heard(ann, topic).length > 0))
    await flushEverything(command)
    const anew = (topic: string): boolean => segments(ann, topic).some((segment) => 'snapshot' in segment)
    await eventually('all are empty', () => topics.every(anew))
    expect(ann.heard<Gap>('gap').map(({ reason }) => reason)).toContain('epoch')
    await eventually('she is seen again', () =>
      heard(ann, PRESENCE)
        .at(-1)
        ?.here?.some(({ id: who }) => who === 'proto-fay'),
    )
  })
}
