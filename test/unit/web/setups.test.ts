import { expect, test } from 'vitest'
import { descriptionOf, whyNoDevice } from '../../../web/state/devices.ts'
import { type SetupOptions, setupsOf } from '../../../web/state/setups.ts'

const OPTIONS: SetupOptions = {
  ...{ id: "Ann's van", key: 'k_-1', base: 'https://floor.example', every: 10 },
  doors: { url: 'https://floor.example', nmea: 5017, mqtt: true },
}
const lineOf = (name: string, label: string, options = OPTIONS): string =>
  setupsOf(options)
    .find((setup) => setup.name === name)
    ?.lines.find((line) => line.label === label)?.text ?? ''

test('Traccar Client gets a link with its settings', () => {
  const url = new URL(lineOf('Traccar Client', 'Settings link'))
  expect(url.origin + url.pathname).toBe('https://floor.example/in/k_-1')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    ...{ id: "Ann's van", interval: '10', distance: '0', heartbeat: '900', stop_detection: 'true' },
  })
})

test('OwnTracks gets its configuration, letters of any alphabet whole', () => {
  const link = new URL(lineOf('OwnTracks', 'Settings link', { ...OPTIONS, id: 'Zoë/phone' }))
  expect(link.protocol + link.pathname).toContain('owntracks:')
  const inline = link.searchParams.get('inline') ?? ''
  const settings = JSON.parse(Buffer.from(inline, 'base64').toString('utf8'))
  expect(settings).toMatchObject({
    ...{ _type: 'configuration', mode: 3, url: 'https://floor.example/in/owntracks', auth: true },
    ...{ username: 'Zoë/phone', password: 'k_-1', moveModeLocatorInterval: 10 },
  })
})

test('OsmAnd gets an address with its own placeholders as they are', () => {
  const text = lineOf('OsmAnd', 'Web address')
  expect(text).toMatch(/^https:\/\/floor\.example\/in\/k_-1\?id=Ann%27s\+van&lat=\{0\}&lon=\{1\}&timestamp=\{2\}/)
})

test('a program of one’s own gets a line that a shell reads as it is meant', () => {
  const line = lineOf('Own program', 'A first report')
  expect(line).toContain(`-d '{"id":"Ann'\\''s van","fixes":[{"t":'$(date +%s)000',"lat":30.2672,"lon":-97.7431}]}'`)
  expect(line).toContain("-H 'Authorization: Bearer k_-1'")
  expect(line).toMatch(/ https:\/\/floor\.example\/in\/device$/)
})

test('NMEA and MQTT stand there only where the node has them', () => {
  expect(lineOf('NMEA', 'First line')).toBe("Ann's van k_-1")
  expect(lineOf('MQTT', 'Topic of our JSON')).toBe("watchfloor/Ann's van")
  expect(lineOf('MQTT', 'Topic of OwnTracks', { ...OPTIONS, id: 'ann/phone' })).toBe('owntracks/ann/phone')
  expect(lineOf('NMEA', 'Host and port')).toBe('floor.example:5017')
  const names = (doors: SetupOptions['doors']) => setupsOf({ ...OPTIONS, doors }).map(({ name }) => name)
  expect(names({ url: null, nmea: null, mqtt: false })).toEqual(names(undefined))
  expect(names(undefined)).not.toContain('NMEA')
  expect(names(OPTIONS.doors)).toEqual([...names(undefined), 'NMEA', 'MQTT'])
})

test('what can be no device is told, what can be one is sent without what was left empty', () => {
  expect(whyNoDevice({ id: '', group: '' })).toBeNull()
  expect(whyNoDevice({ id: ' VAN 7 ', group: '' })).toBeNull()
  expect(whyNoDevice({ id: 'a{b', group: '' })).toContain('An id')
  expect(whyNoDevice({ id: 'a', group: 'Vans' })).toContain('A group')
  expect(descriptionOf({ name: ' ', group: ' vans ', category: '' })).toEqual({ group: 'vans' })
})
