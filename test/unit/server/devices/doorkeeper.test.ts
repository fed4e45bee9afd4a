import { expect, test } from 'vitest'
import { createDoorkeeper } from '../../../../server/devices/doorkeeper.ts'
import { createDeviceKeys, hashOf, isKeyOf, newKey } from '../../../../server/devices/keys.ts'
import type { Call } from '../../../../wire/calls.ts'

const KEY = newKey()
const setUp = () => {
  const clock = { now: 0 }
  let isAway = false
  const readKey = async (id: string): Promise<string | null> => {
    if (isAway) throw new Error('away')
    return id === 'BUS' ? hashOf(KEY) : id === 'KEYLESS' ? '' : null
  }
  const { admit } = createDoorkeeper(readKey, () => clock.now)
  const lose = (): void => {
    isAway = true
  }
  return { admit, clock, lose }
}
const code = (code: string) => ({ error: { code } })

test('a device is let in by its own key, and by nothing else', async () => {
  const { admit } = setUp()
  expect(await admit('BUS', KEY, 'a')).toEqual({ id: 'BUS', keyed: hashOf(KEY) })
  for (const wrong of ['', KEY.slice(1), `${KEY} `, hashOf(KEY), 'x'.repeat(100_000)])
    expect(await admit('BUS', wrong, wrong.slice(0, 9))).toMatchObject(code('not_signed_in'))
  for (const none of ['', KEY]) expect(await admit('KEYLESS', none, 'b')).toMatchObject(code('not_signed_in'))
  for (const strange of ['VAN', '', ' BUS', '{BUS}', 'x'.repeat(65)])
    expect(await admit(strange, KEY, 'c')).toMatchObject(code('unknown_device'))
})

test('whoever fails ten times waits, and keeps nobody else out', async () => {
  const { admit, clock } = setUp()
  for (let i = 0; i < 10; i++) expect(await admit('BUS', 'wrong', 'nat')).toMatchObject(code('not_signed_in'))
  expect(await admit('BUS', KEY, 'nat')).toMatchObject(code('rate_limited'))
  expect(await admit('BUS', KEY, 'elsewhere')).toMatchObject({ id: 'BUS' })
  expect(await admit('VAN', KEY, 'nat')).toMatchObject(code('unknown_device'))
  clock.now = 6001
  expect(await admit('BUS', KEY, 'nat')).toMatchObject({ id: 'BUS' })
})

test('an address that tries ever other devices waits, too', async () => {
  const { admit } = setUp()
  for (let i = 0; i < 300; i++) await admit(`VAN-${i}`, 'wrong', 'nat')
  expect(await admit('BUS', KEY, 'nat')).toMatchObject(code('rate_limited'))
})

test('while Redis is away nobody is turned away for good', async () => {
  const { admit, lose } = setUp()
  lose()
  for (let i = 0; i < 50; i++) expect(await admit('BUS', KEY, 'a')).toMatchObject(code('unavailable'))
})

test('keys are kept as hashes, and are told once', async () => {
  const calls: Call[] = []
  const { make, takeBack } = createDeviceKeys(async (call) => {
    calls.push(call)
    return [calls.length, 'e']
  })
  const [one, other] = await make(['A', 'B'])
  expect([one?.id, one?.isNew, other?.isNew]).toEqual(['A', true, false])
  expect(one?.key).toMatch(/^[\w-]{32}$/)
  expect(one?.key).not.toBe(other?.key)
  expect(calls[0]?.args).toEqual([hashOf(one?.key ?? '')])
  expect(isKeyOf(one?.key ?? '', String(calls[0]?.args[0]))).toBe(true)
  expect(isKeyOf(one?.key ?? '', String(calls[1]?.args[0]))).toBe(false)
  await takeBack('A')
  expect(calls.at(-1)?.args).toEqual([''])
})
