import { expect, test } from 'vitest'
import { parseRedisAddress, withoutPasswords } from '../../../wire/redis-address.ts'

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
])('%s is refused with the reason', (url, reason) => {
  expect(() => parseRedisAddress(url)).toThrow(reason)
})

test('a log never shows a password', () => {
  expect(withoutPasswords('redis+sentinel://u:pw@a:1,b:2/floor?sentinelPassword=s')).toBe(
    'redis+sentinel://a:1,b:2/floor',
  )
})
