import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { zoneOf } from '../../../../simulators/replay/zone.ts'
import { fixesOf, notesOf, placesOf, read, reasonsOf } from './read.ts'

const HEADER = 'vehicle_id,timestamp,speed,route_id,trip_id,latitude,longitude,trip_headsign'
const TIME = '2017-03-16T00:00:34-05:00'
const t = Date.UTC(2017, 2, 16, 5, 0, 34)
const table = (...rows: string[]) => read([HEADER, ...rows].join('\r\n'), 'capmetro')

describe('rows of buses', () => {
  it('that cannot be used are told by line', () => {
    const recording = table(
      `1,${TIME},,1,1,30.2,-97.7,"Metric, South"`,
      `1,${TIME},1,1,1,30.2,-97.7,the same`,
      '2,yesterday,1,1,1,30.2,-97.7,x',
      `3,${TIME},1,1,1,,-97.7,x`,
      `4,${TIME},1,1,1,95,-97.7,x`,
      `{5},${TIME},1,1,1,30.2,-97.7,x`,
      `6,${TIME},1,1`,
      `7,${TIME},1,1,1,30.2,-97.7,Metric, South`,
      ',2017-03-16T00:00:34-05:00,1,1,1,30.2,-97.7,x',
    )
    expect(fixesOf(recording)).toEqual([{ id: '1', n: t, t, lat: 30.2, lon: -97.7, route: '1' }])
    expect(placesOf(recording)).toEqual([
      'the time cannot be read; row 4',
      'the position cannot be read; row 5',
      'the position is not on Earth; row 6',
      'the device id cannot be a name; row 7,row 10',
      'malformed: 4 columns instead of 8; row 8',
      'malformed: 9 columns instead of 8; row 9',
      'a fix of this device with the same number, or the same time and place, came before; row 3',
    ])
  })

  it.each([
    ['-1', undefined, 1],
    ['n/a', undefined, 1],
    ['1000.5', undefined, 1],
    ['', undefined, 0],
    ['113.9952', 113.9952, 0],
    ['0', 0, 0],
  ])('keep their position with the speed "%s"', (speed, expected, notes) => {
    const recording = table(`1,${TIME},${speed},1,1,30.2,-97.7,x`)
    expect(fixesOf(recording)[0]?.speed).toBe(expected)
    expect(Object.values(notesOf(recording)).length).toBe(notes)
  })

  it.each([
    ['Línea 5', 'Línea 5'],
    ['"7 ""Express"" {A}\\"', '7 "Express" {A}\\'],
    [' 801 ', '801'],
    ['a\tb', 'a b'],
    ['', undefined],
    ['x'.repeat(65), 'x'.repeat(64)],
    ['ü'.repeat(40), 'ü'.repeat(32)],
    [`${'x'.repeat(62)}🚌`, 'x'.repeat(62)],
    ['🚌'.repeat(16), '🚌'.repeat(16)],
  ])('have any text as a route: %j', (route, expected) => {
    const recording = table(`1,${TIME},1,${route},1,30.2,-97.7,x`)
    expect(fixesOf(recording)[0]?.route).toBe(expected)
    expect(notesOf(recording)).toEqual(
      expected && route.length > 30 && expected !== route ? { 'the route is cut after 64 bytes': 1 } : {},
    )
  })

  it.each(['B-XY 1234', 'user/phone', 'Straßenbahn:3', '9001'])('are of the device %s', (id) =>
    expect(fixesOf(table(`${id},${TIME},1,1,1,30.2,-97.7,x`))[0]?.id).toBe(id),
  )

  it('are read behind a quotation mark that is never closed', () => {
    const row = (id: number, sign: string) => `${id},${TIME},1,1,1,30.2,-97.7,${sign}`
    expect(fixesOf(table(row(1, 'x'), row(2, '"Metric'), row(3, 'x'))).map(({ id }) => id)).toEqual(['1', '2', '3'])
  })

  it('have a time without a zone, which only a person can tell', () => {
    const text = `${HEADER}\n1,2017-03-16 00:00:34,1,1,1,30.2,-97.7,x`
    expect(Object.keys(reasonsOf(read(text, 'capmetro')))).toEqual([expect.stringContaining('--zone America/Chicago')])
    expect(fixesOf(read(text, 'capmetro', { zone: zoneOf('America/Chicago') }))[0]?.t).toBe(t)
  })
})

it('tells of a time that came twice or never, and takes it', () => {
  const rows = ['1,2017-11-05 01:30:00,1,1,1,30.2,-97.7,x', '1,2017-03-12 02:30:00,1,1,1,30.2,-97.7,x']
  const recording = read([HEADER, ...rows].join('\n'), 'capmetro', { zone: zoneOf('America/Chicago') })
  expect(fixesOf(recording)).toHaveLength(2)
  expect(Object.entries(notesOf(recording))).toEqual([
    [expect.stringContaining('never came'), 1],
    [expect.stringContaining('came twice'), 1],
  ])
})

describe('the first line', () => {
  it.each([
    ['has columns in any order, and others', 'longitude,x,latitude,timestamp,vehicle_id\n-97.7,,30.2,TIME,1'],
    ['has capitals, quotes and blanks', ' "Vehicle_ID", "Timestamp" ,LATITUDE,"longitude"\n1,TIME,30.2,-97.7'],
    ['is parted by semicolons', 'vehicle_id;timestamp;latitude;longitude\n1;TIME;30.2;-97.7'],
    ['is parted by tabs', 'vehicle_id\ttimestamp\tlatitude\tlongitude\n1\tTIME\t30.2\t-97.7'],
    ['is the first that is not empty', '\n\nvehicle_id,timestamp,latitude,longitude\n1,TIME,30.2,-97.7'],
    ['ends with a comma, as rows do', 'vehicle_id,timestamp,latitude,longitude\n1,TIME,30.2,-97.7,,'],
  ])('%s', (_, text) => {
    expect(recognise(text)).toBe('capmetro')
    expect(fixesOf(read(text.replace('TIME', TIME), 'capmetro'))).toEqual([{ id: '1', n: t, t, lat: 30.2, lon: -97.7 }])
  })

  it.each([',', ';', '\t'])('makes a comma in a number no number, whatever parts cells: %j', (sign) => {
    const one = (lat: string, speed: string) =>
      read(
        [
          ['vehicle_id', 'timestamp', 'latitude', 'longitude', 'speed'],
          ['1', TIME, lat, '-97.7', speed],
        ]
          .map((cells) => cells.map((cell) => `"${cell}"`).join(sign))
          .join('\n'),
        'capmetro',
      )
    expect(reasonsOf(one('30,2', '1'))).toEqual({ 'the position cannot be read': 1 })
    expect(fixesOf(one('30.2', '1,234'))).toEqual([{ id: '1', n: t, t, lat: 30.2, lon: -97.7 }])
    expect(notesOf(one('30.2', '1,234'))).toEqual({ 'taken without the speed: it is out of range or no number': 1 })
  })

  it('may have a column twice that is not read, and no other', () => {
    expect(() => read(`vehicle_id,timestamp,latitude,Latitude ,longitude\n1,${TIME},1,2,3`, 'capmetro')).toThrow(
      'it has the column latitude twice',
    )
    expect(() => read('id,ID,vehicle_id,timestamp,latitude,longitude\n', 'bods')).toThrow('column id twice')
    expect(read(`x,x,vehicle_id,timestamp,latitude,longitude\n,,1,${TIME},30.2,-97.7`, 'capmetro').items).toHaveLength(
      1,
    )
  })
})

describe('Bus Open Data', () => {
  const bods = (...rows: string[]) =>
    read(['id,vehicle_id,trip_id,timestamp,latitude,longitude,bearing,route_name', ...rows].join('\n'), 'bods')

  it('has times in UTC, and a number for each row', () => {
    expect(fixesOf(bods('7,"4716",1,2017-03-16 05:00:34,53.4,-2.9,361,14'))).toEqual([
      { id: '4716', n: 7, t, lat: 53.4, lon: -2.9, route: '14' },
    ])
    expect(fixesOf(bods(`7,4716,1,${TIME},53.4,-2.9,53,14`))[0]).toMatchObject({ t, heading: 53 })
  })

  it('keeps a row whose number cannot be read, and drops one whose number comes twice', () => {
    const rows = ['a1,4716,1,2017-03-16 05:00:34,53.4,-2.9,,14', '7,4716,1,2017-03-16 05:00:35,53.4,-2.9,,14']
    const recording = bods(...rows, '7,4716,1,2017-03-16 05:00:36,53.5,-2.9,,14')
    expect(fixesOf(recording).map(({ n }) => n)).toEqual([t, 7])
    expect(recording.skips.size).toBe(1)
  })
})
