import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cellOf } from '../../../wire/cells.ts'
import type { Gap, Notice } from '../../../wire/protocol.ts'
import { cellTopic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import type { RawClient } from '../../support/raw-client.ts'
import { testCommands } from './commands.ts'
import { testNames } from './names.ts'
import { testPeople } from './people.ts'
import { testRequests } from './requests.ts'
import { testRooms } from './rooms.ts'
import { type Stage, segments, startStage, watch } from './stage.ts'
import { flood, testStream } from './stream.ts'

const ISLAND = { lat: -54.43, lon: 3.38 }
const ISLAND_VIEW = { west: 3.37, south: -54.44, east: 3.39, north: -54.42 }
const ISLAND_TOPIC = cellTopic(cellOf(ISLAND.lat, ISLAND.lon))

let stage: Stage
let slow: RawClient
let stopped: RawClient

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())
afterEach(() => {
  expect(stage.wrong).toEqual([])
  expect(stage.malformed).toEqual([])
})

const slowed = (): (number | null)[] =>
  slow.heard<Notice>('notice').flatMap((notice) => (notice.kind === 'slowed' ? [notice.rate] : []))

it('lets go of a client that takes nothing, and catches it up when it takes data again', async () => {
  slow = await stage.client()
  stopped = await stage.client()
  for (const each of [slow, stopped]) {
    await watch(each, { view: { bounds: ISLAND_VIEW } })
    each.pause()
  }
  await flood(stage, ISLAND)
  slow.resume()
  await eventually('slowed', () => slowed().length > 0)
  await eventually('a resync', () => 'snapshot' in (segments(slow, ISLAND_TOPIC).at(-1) ?? {}))
  expect(slow.heard<Gap>('gap')).toMatchObject([{ topic: ISLAND_TOPIC, reason: 'slow' }])
  const before = segments(slow, ISLAND_TOPIC).at(-2)
  expect(slow.heard<Gap>('gap')[0]?.from).toBe((before?.seq ?? 0) + 1)
  expect(segments(slow, ISLAND_TOPIC).at(-1)?.seq).toBe(slow.heard<Gap>('gap')[0]?.to)
})

describe('requests', () => testRequests(() => stage))
describe('names', () => testNames(() => stage))
describe('people', () => testPeople(() => stage))
describe('rooms', () => testRooms(() => stage))
describe('commands', () => testCommands(() => stage))
describe('the stream', () => testStream(() => stage))

it('drops a client that took nothing for ten seconds, and no other', async () => {
  const clients = async () => (await (await fetch(`${stage.node.url}/api/stats`)).json()).clients
  await eventually('one less', async () =>
    /terminated_clients_total\{reason="stalled"\} 1\b/.test(await (await fetch(`${stage.node.url}/metrics`)).text()),
  )
  expect(await clients()).toBeGreaterThan(0)
  expect(slow.isOpen()).toBe(true)
})

it('sends everything again to a client that kept up for half a minute', async () => {
  await eventually('its own pace', () => slowed().at(-1) === null)
  expect(slowed()).toEqual([2, null])
})

it('says that the node is going, to each client with a time to come back', async () => {
  const one = await stage.client()
  await stage.node.stop()
  expect(one.heard<Notice>('notice')).toMatchObject([{ kind: 'shutdown', reconnectMs: expect.any(Number) }])
})

it('knows no message, field, kind or code that never comes', () => {
  expect(stage.coverage.unseen()).toEqual([])
})
