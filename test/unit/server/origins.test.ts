import { expect, test } from 'vitest'
import { allowsOrigin } from '../../../server/access/origins.ts'
import { readConfig } from '../../../server/config.ts'

test.each([
  ['https://desk.example', ['https://desk.example']],
  [' https://desk.example , http://10.0.0.7:8080,', ['https://desk.example', 'http://10.0.0.7:8080']],
  ['capacitor://localhost,chrome-extension://abcdef', ['capacitor://localhost', 'chrome-extension://abcdef']],
  ['http://[::1]:3000', ['http://[::1]:3000']],
  ['', []],
])('ORIGINS may be %j', (text, origins) => {
  expect(readConfig({ ORIGINS: text }).ORIGINS).toEqual(origins)
})

test.each([
  '*',
  'null',
  'desk.example',
  'https://desk.example/',
  'https://desk.example/floor',
  'https://desk.example:443',
  'https://Desk.example',
  'https://*.example',
  'https://user@desk.example',
  'https://desk.example https://other.example',
  'https://fine.example,null',
])('ORIGINS may not be %j, which no browser would name', (text) => {
  expect(() => readConfig({ ORIGINS: text })).toThrow(/ORIGINS=.*https:\/\/desk\.example/)
})

test('a page connects from where the node itself is and from ORIGINS', () => {
  const listed = ['https://desk.example']
  expect(allowsOrigin(undefined, 'node:3000', listed)).toBe(true)
  expect(allowsOrigin('http://node:3000', 'node:3000', listed)).toBe(true)
  expect(allowsOrigin('https://desk.example', 'node:3000', listed)).toBe(true)
  for (const origin of ['null', 'http://node', 'http://desk.example', 'https://desk.example.evil', 'x'])
    expect(allowsOrigin(origin, 'node:3000', listed), origin).toBe(false)
})
