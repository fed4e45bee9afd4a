import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Call, describeDevice, leaveCell, listGroup, placeInCell, publishFixes } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { DeviceDescription, DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { GROUPS_KEY, isGroup, MOST_GROUPS } from '../../../wire/groups.ts'
import { deviceTopic, topicKey } from '../../../wire/topics.ts'
import { reloadEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const AT = { lat: 30.25, lon: -97.75 }
const fix = (id: string, n: number, more: Partial<Fix> = {}): Fix => ({ id, n, t: BASE + n * 60_000, ...AT, ...more })
const report = async (one: Fix) => toReply(await floor.run(publishFixes(one.id, [one])))
const describe = async (id: string, description: DeviceDescription) =>
  toReply(await floor.run(describeDevice(id, description)))
const stored = (id: string): Promise<(string | null)[]> =>
  floor.redis.hmget(topicKey(deviceTopic(id)), 'name', 'group', 'category', 'attributes')
const inGroup = (group: string): string => cellOf(AT.lat, AT.lon, group)

test('a device can be described before its first fix, and is then in its group', async () => {
  const id = floor.fresh('new')
  const attributes = { plate: 'B-XY 1234 "é"', seats: 3, weight: 1.35e-10, trailer: false, 'a/b': '' }
  expect(await describe(id, { name: 'Bus Ü', group: 'buses', category: 'Bus', attributes })).toMatchObject({
    seq: 0,
    accepted: 1,
    rest: ['', '', ''],
  })
  const [name, group, category, text] = await stored(id)
  expect([name, group, category]).toEqual(['Bus Ü', 'buses', 'Bus'])
  expect(JSON.parse(text ?? '')).toEqual(attributes)
  const { snapshot } = await floor.snapshot<DeviceSnapshot>(deviceTopic(id))
  expect(snapshot).toMatchObject({ last: null, cell: null, description: { group: 'buses', category: 'Bus' } })
  expect((await report(fix(id, 1))).rest.slice(1)).toEqual([inGroup('buses'), ''])
})

test('where the group changes the answer names the cell it goes to and the one it leaves, and says so again', async () => {
  const id = floor.fresh('moves')
  expect((await report(fix(id, 1))).rest.slice(1)).toEqual([inGroup('other'), ''])
  for (let i = 0; i < 2; i++) {
    const { rest } = await describe(id, { group: 'vans' })
    expect(rest).toEqual([JSON.stringify(fix(id, 1)), inGroup('vans'), inGroup('other')])
  }
  const [text = ''] = (await describe(id, { group: 'vans' })).rest
  expect(await floor.run(placeInCell(inGroup('vans'), [text]))).toMatchObject({ 2: 1 })
  expect((await floor.snapshot<DeviceSnapshot>(deviceTopic(id))).snapshot.cell).toBe(inGroup('vans'))
  // It stays there as it goes on, and takes its group along.
  expect((await report(fix(id, 2))).rest.slice(1)).toEqual([inGroup('vans'), ''])
  const far = { lat: AT.lat + 0.1 }
  expect((await report(fix(id, 200, far))).rest.slice(1)).toEqual([cellOf(far.lat, AT.lon, 'vans'), inGroup('vans')])
  // A Redis that has forgotten what it decoded says the same.
  await reloadEverywhere(floor.redis)
  expect((await report(fix(id, 400))).rest.slice(1)).toEqual([inGroup('vans'), cellOf(far.lat, AT.lon, 'vans')])
})

test('a device that was taken off the map goes nowhere until it reports', async () => {
  const id = floor.fresh('gone')
  await report(fix(id, 1))
  await floor.run({ name: 'wf1_reap', keys: [topicKey(deviceTopic(id))], args: [0] })
  expect((await describe(id, { group: 'vans' })).rest.slice(1)).toEqual(['', ''])
  expect((await report(fix(id, 2))).rest.slice(1)).toEqual([inGroup('vans'), ''])
})

test('what is left out is not told any more; the group is then other', async () => {
  const id = floor.fresh('bare')
  await describe(id, { name: 'A', group: 'vans', category: 'B', attributes: { c: 'd' } })
  await describe(id, {})
  expect(await stored(id)).toEqual(['', 'other', '', ''])
  await floor.run({ ...describeDevice(id, {}), args: [] })
  expect(await stored(id)).toEqual(['', 'other', '', ''])
})

test('names and categories are cut at 100 bytes, between characters', async () => {
  const id = floor.fresh('long')
  await describe(id, { name: 'é'.repeat(60), category: 'x'.repeat(1000) })
  expect(await stored(id)).toEqual(['é'.repeat(50), 'other', 'x'.repeat(100), ''])
})

const raw = (id: string, ...args: string[]): Call => ({ ...describeDevice(id, {}), args })

test.each([
  ['a group that is none', 'A', 'No group', '', ''],
  ['a group with a slash', 'A', 'a/b', '', ''],
  ['a group of 33', 'A', 'a'.repeat(33), '', ''],
  ...[
    '[]',
    '1',
    'null',
    '{',
    '{"a":}',
    '{"a":[1]}',
    '{"a":{}}',
    '{"a":null}',
    '{"a":NaN}',
    '{"a":1e999}',
    '{"a":1}x',
  ].map((text) => [`attributes ${text}`, 'A', 'vans', '', text] as const),
  ['attributes of 2,001 bytes', 'A', 'vans', '', `{"a":"${'x'.repeat(1993)}"}`],
] as const)('%s is refused, and nothing is written', async (_, ...args) => {
  const id = floor.fresh('wrong')
  await expect(floor.run(raw(id, ...args))).rejects.toThrow(/^WFARG/)
  expect(await floor.redis.exists(topicKey(deviceTopic(id)))).toBe(0)
})

test('text that is no UTF-8 is refused', async () => {
  const [key, ...parts] = describeDevice(floor.fresh('bytes'), {}).keys
  const broken = Buffer.from([0x41, 0xff])
  for (const args of [
    [broken, 'vans', '', ''],
    ['A', 'vans', broken, ''],
    ['A', 'vans', '', Buffer.concat([Buffer.from('{"a":"'), broken, Buffer.from('"}')])],
  ])
    await expect(floor.redis.call('FCALL', 'wf1_describe_device', 4, key ?? '', ...parts, ...args)).rejects.toThrow(
      'WFARG',
    )
})

test('a device leaves into a cell of any group, and into nothing else', async () => {
  const id = floor.fresh('leaves')
  await floor.run(placeInCell(inGroup('vans'), [JSON.stringify(fix(id, 1))]))
  for (const to of ['0231301203311', 'vans', 'vans/', 'Vans/0231301203311', 'vans/02313012033110'])
    await expect(floor.run(leaveCell(inGroup('vans'), id, BASE + 60_000, 1, to)), to).rejects.toThrow('WFARG')
  expect(await floor.run(leaveCell(inGroup('vans'), id, BASE + 60_000, 1, inGroup('a_b-9')))).toMatchObject({ 2: 1 })
})

test('the library and wire/kinds agree on what a group can be called', async () => {
  const letters = fc.constantFrom(...'azAZ09_-/. é{}\n')
  const names = fc.oneof(fc.string({ unit: letters, maxLength: 40 }), fc.stringMatching(/^[a-z0-9_-]{0,34}$/))
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const taken = await floor.run(describeDevice('agreed', { group: name })).then(
        () => true,
        () => false,
      )
      expect(taken).toBe(name === '' || isGroup(name))
    }),
    { numRuns: 300 },
  )
})

test('groups are listed once each, up to so many', async () => {
  await floor.redis.del(GROUPS_KEY)
  for (let i = 0; i < MOST_GROUPS; i++) expect(await floor.run(listGroup(`g${i}`))).toBe(1)
  expect(await floor.run(listGroup('g7'))).toBe(0)
  await expect(floor.run(listGroup('more'))).rejects.toThrow(`at most ${MOST_GROUPS} groups`)
  await expect(floor.run(listGroup('No group'))).rejects.toThrow('WFARG')
  await expect(floor.run({ ...listGroup('g7'), keys: ['wf:{symbols}'] })).rejects.toThrow('WFKEY')
  expect(await floor.redis.hlen(GROUPS_KEY)).toBe(MOST_GROUPS)
})
