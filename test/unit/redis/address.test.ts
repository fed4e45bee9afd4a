import { expect, test } from 'vitest'
import { parseRedisAddress, withoutPasswords } from '../../../redis/address.ts'

const open = { username: undefined, password: undefined, tls: false }

test('a single server, with and without all that may be said', () => {
  expect(parseRedisAddress('redis://localhost')).toEqual({
    ...open,
    mode: 'single',
    hosts: [{ host: 'localhost', port: 6379 }],
    database: 0,
  })
  expect(parseRedisAddress('rediss://floor:p%40ss@[::1]:7000/2')).toEqual({
    mode: 'single',
    hosts: [{ host: '::1', port: 7000 }],
    username: 'floor',
    password: 'p@ss',
    tls: true,
    database: 2,
  })
  expect(parseRedisAddress('redis://:secret@db:1').password).toBe('secret')
})

test('Sentinels and the name of the primary', () => {
  expect(parseRedisAddress('redis+sentinel://:pw@a:1,b,c:3/floor?sentinelPassword=x%2Fy')).toEqual({
    ...open,
    mode: 'sentinel',
    password: 'pw',
    hosts: [
      { host: 'a', port: 1 },
      { host: 'b', port: 26379 },
      { host: 'c', port: 3 },
    ],
    primary: 'floor',
    sentinelPassword: 'x/y',
  })
})

test('nodes of a Cluster', () => {
  expect(parseRedisAddress('redis+cluster://a:7000,b:7001')).toEqual({
    ...open,
    mode: 'cluster',
    hosts: [
      { host: 'a', port: 7000 },
      { host: 'b', port: 7001 },
    ],
  })
})

test.each([
  ['http://localhost', /must look like/],
  ['redis://a,b', /several hosts/],
  ['redis://a/x', /no number of a database/],
  ['redis://a:99999', /no host:port/],
  ['redis+sentinel://a:1', /primary's name/],
  ['redis+cluster://a:1/3', /one database only/],
  ['redis://:top/s@a', /write \/ and @ in a password as/],
  ['redis://:t@ps@a', /write \/ and @ in a password as/],
])('%s is refused with the reason', (url, reason) => {
  expect(() => parseRedisAddress(url)).toThrow(reason)
})

test('a log never shows a password', () => {
  expect(withoutPasswords('redis+sentinel://u:pw@a:1,b:2/floor?sentinelPassword=s')).toBe(
    'redis+sentinel://a:1,b:2/floor',
  )
  expect(withoutPasswords('redis://u:p%40w@a:1/2')).toBe('redis://a:1/2')
  expect(withoutPasswords('redis+cluster://:p?w@a,b')).toBe('redis+cluster://a,b')
  expect(withoutPasswords('redis://a:1')).toBe('redis://a:1')
  for (const careless of ['redis://:top/s@a', 'redis://:t@ps@a', 'http://:tops@a', 'redis://a/x?p=t@ps', ':tops@a'])
    expect(withoutPasswords(careless)).not.toMatch(/t@?op|ps|s@/)
})

test('a refusal never repeats a password', () => {
  for (const careless of ['redis://:topsec/ret@a', 'redis+sentinel://:top@secret@a/floor', 'http://:topsecret@a'])
    expect(() => parseRedisAddress(careless)).toThrow(/^(?!.*(top|ret))/)
})
