import { expect, test } from 'vitest'
import { type AddressOf, parseRedisAddress } from '../../../redis/address.ts'
import { credentialsOf, optionsOf, sentinelOptions } from '../../../redis/options.ts'

type OneServer = AddressOf<'single' | 'sentinel'>

test('a single server: where it is, who we are, which database', () => {
  expect(optionsOf(parseRedisAddress('redis://floor:secret@db:7000/3') as OneServer)).toEqual({
    host: 'db',
    port: 7000,
    username: 'floor',
    password: 'secret',
    db: 3,
  })
  expect(optionsOf(parseRedisAddress('rediss://db') as OneServer)).toEqual({ host: 'db', port: 6379, db: 0, tls: {} })
})

test('Sentinels: their password is not the one of the servers, and TLS is for both', () => {
  const address = parseRedisAddress('rediss+sentinel://:data@a,b:2/floor?sentinelPassword=guard') as OneServer
  const hosts = [
    { host: 'a', port: 26_379 },
    { host: 'b', port: 2 },
  ]
  expect(optionsOf(address)).toEqual({
    password: 'data',
    tls: {},
    sentinels: hosts,
    name: 'floor',
    sentinelPassword: 'guard',
    sentinelTLS: {},
    enableTLSForSentinelMode: true,
  })
  expect(sentinelOptions(address as AddressOf<'sentinel'>)).toEqual({
    enableReadyCheck: false,
    password: 'guard',
    tls: {},
  })
})

test('what an address does not name is not set', () => {
  expect(credentialsOf(parseRedisAddress('redis+cluster://a'))).toEqual({})
  const address = parseRedisAddress('redis+sentinel://a/floor') as AddressOf<'sentinel'>
  expect(sentinelOptions(address)).toEqual({ enableReadyCheck: false })
})
