import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createAddresses, keyOf } from '../../../server/access/addresses.ts'
import { readConfig } from '../../../server/config.ts'

const request = (from: string | undefined, forwarded?: string): IncomingMessage => {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: from })
  const message = new IncomingMessage(socket)
  if (forwarded !== undefined) message.headers['x-forwarded-for'] = forwarded
  return message
}

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8:1:2:3:4:203.0.113.9', '2001:db8:1:2::/64'],
  [undefined, 'unknown'],
])('%j counts as %s', (address, key) => {
  expect(keyOf(address)).toBe(key)
})

test.each<[proxies: string, from: string, forwarded: string | undefined, key: string]>([
  // Nobody is believed unless named.
  ['', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['10.0.0.1', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['10.0.0.1', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.0/8', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['loopback', '::1', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
  // Of several the last that is no proxy: what stands before it a client may have made up.
  ['10.0.0.1,10.0.0.2', '10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['10.0.0.1', '10.0.0.1', '10.0.0.1, 10.0.0.1', '10.0.0.1'],
  // No address at all: the proxy's own.
  ['10.0.0.1', '10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.1', 'unknown', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.1', '198.51.100.1, <script>', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.1', ', ,,', '10.0.0.1'],
])('with PROXIES=%s a request from %s for %j is of %s', (proxies, from, forwarded, key) => {
  const addresses = createAddresses(readConfig({ PROXIES: proxies }).PROXIES)
  expect(addresses.of(request(from, forwarded))).toBe(key)
})

test('a connection that has gone has no address', () => {
  const addresses = createAddresses(['loopback'])
  expect(addresses.of(request(undefined, '198.51.100.1'))).toBe('unknown')
  expect(addresses.isProxy(undefined)).toBe(false)
})

test('a proxy is known by its address', () => {
  const { isProxy } = createAddresses(['10.0.0.0/8', 'loopback'])
  expect(['10.9.9.9', '::ffff:10.1.1.1', '127.0.0.1', '::1'].filter(isProxy)).toHaveLength(4)
  expect(['11.0.0.1', '2001:db8::1', 'x'].filter(isProxy)).toEqual([])
})

test.each(['balancer', '10.0.0.0/33', '10.0.0.0/x', '*', '300.1.1.1', 'loopback 10.0.0.1'])(
  'PROXIES may not be %j',
  (text) => {
    expect(() => readConfig({ PROXIES: text })).toThrow(/PROXIES=.*10\.0\.0\.0\/8/)
  },
)

test.each<[proxies: string, publicUrl: string | undefined, headers: Record<string, string>, secure: boolean]>([
  ['10.0.0.1', undefined, { 'x-forwarded-proto': 'https' }, true],
  ['10.0.0.1', undefined, { 'x-forwarded-proto': 'HTTPS, http' }, true],
  ['10.0.0.1', undefined, { 'x-forwarded-proto': 'http, https' }, false],
  ['10.0.0.1', undefined, { 'x-forwarded-proto': 'httpsx' }, false],
  ['10.0.0.1', undefined, {}, false],
  // Nobody is believed unless named.
  ['', undefined, { 'x-forwarded-proto': 'https' }, false],
  // Who asks by the address that browsers know does so by https.
  ['', 'https://floor.example', { host: 'floor.example' }, true],
  ['', 'https://floor.example', { host: 'floor.example:3000' }, false],
  ['', 'https://floor.example', { host: '10.0.0.5:3000' }, false],
  ['', 'http://floor.example', { host: 'floor.example' }, false],
])('with PROXIES=%s and PUBLIC_URL=%s a request with %j came by https: %j', (proxies, publicUrl, headers, secure) => {
  const { isSecure } = createAddresses(readConfig({ PROXIES: proxies }).PROXIES, publicUrl)
  const message = request('10.0.0.1')
  Object.assign(message.headers, headers)
  expect(isSecure(message)).toBe(secure)
})
