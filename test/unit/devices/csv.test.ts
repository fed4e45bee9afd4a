import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { deviceLine, headLine, piecesOf, readHead, readRecords, readRow } from '../../../server/devices/csv.ts'
import { importDevices } from '../../../server/devices/importing.ts'
import type { DeviceDescription } from '../../../wire/fleet.ts'

const ATTRIBUTES = ['plate', 'seats', 'on']
const device = {
  id: 'BUS-1',
  name: 'Bus 1',
  group: 'buses',
  category: 'bus',
  attributes: { plate: 'BCD 1', seats: 40 },
}

/** What is read of a line of one device, as one wrote it. */
const back = (line: string, attributes: readonly string[]) => {
  const head = readHead(headLine(attributes))
  const [row] = readRecords(line, ',', 1).rows
  if ('why' in head || row === undefined) throw new Error('nothing was read')
  const told = readRow(row, head.columns)
  if ('why' in told) throw new Error(told.why)
  return told
}

describe('a list of devices as a table', () => {
  it('has a line for each', () => {
    expect(headLine(ATTRIBUTES)).toBe('id,name,group,category,plate,seats,on')
    expect(deviceLine(device, ATTRIBUTES)).toBe('BUS-1,Bus 1,buses,bus,BCD 1,40,')
  })

  it.each(['=1+1', '+43 1', '-x', '@SUM(A1)', '\tx', "'=1", '=HYPERLINK("http://evil.example","x")'])(
    'has no formula: %s',
    (text) => {
      const line = deviceLine({ id: text.trim(), name: text, attributes: { plate: text } }, ['plate'])
      const [row] = readRecords(line, ',', 1).rows
      for (const cell of row?.cells ?? []) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
      expect(back(line, ['plate']).fields.get('name')).toBe(text)
    },
  )

  it('gives every text and value back as it was', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20, unit: 'grapheme' }),
      fc.constantFrom(
        "'",
        "'s",
        "''x",
        '007',
        '40',
        '-5',
        'true',
        'TRUE',
        '1e5',
        '=1',
        "'=1",
        ' x ',
        'a,b',
        'a"b',
        'a\nb',
        '.5',
      ),
    )
    const value = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
    const name = fc
      .oneof(text, fc.constantFrom('name', 'Name', 'attribute:x', 'ID'))
      .filter((each) => each.trim() !== '')
    fc.assert(
      fc.property(text, fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true }), (label, attributes) => {
        const columns = Object.keys(attributes)
        const told = back(deviceLine({ id: 'A', name: label, attributes }, columns), columns)
        expect(told.fields.get('name')).toBe(label)
        const plain = Object.entries(attributes).map(([key, each]) => [
          key,
          each === '' ? null : Object.is(each, -0) ? 0 : each,
        ])
        expect([...told.attributes]).toEqual(plain)
      }),
    )
  })
})

test.each([
  ['id,name', { delimiter: ',', columns: ['id', 'name'] }],
  ['ID; Name ;plate', { delimiter: ';', columns: ['id', 'name', 'plate'] }],
  ['id\tgroup', { delimiter: '\t', columns: ['id', 'group'] }],
  ['id', { delimiter: ',', columns: ['id'] }],
  ['name,id', { why: expect.stringContaining('the first of them is id') }],
  ['id,name,name', { why: expect.stringContaining('"name" is there twice') }],
  ['id,,x', { why: expect.stringContaining('has no name') }],
  ['', { why: expect.any(String) }],
])('the first line "%s" names the columns', (line, head) => expect(readHead(line)).toEqual(head))

test('pieces end where a record does', () => {
  const text = 'a,"x\ny"\nb,1\nc,2\n'
  const pieces = [...piecesOf(text, 1)]
  expect(pieces).toEqual([
    { text: 'a,"x\ny"\n', line: 1 },
    { text: 'b,1\n', line: 3 },
    { text: 'c,2\n', line: 4 },
  ])
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '"', '\n', ',') }),
      fc.integer({ min: 1, max: 5 }),
      (any, lines) => {
        expect([...piecesOf(any, lines)].map((piece) => piece.text).join('')).toBe(any)
      },
    ),
  )
})

describe('an import', () => {
  const setUp = (known: Record<string, DeviceDescription> = {}, groups: string[] = ['other', 'buses']) => {
    const described: Record<string, DeviceDescription> = {}
    const ports = {
      describe: async (devices: readonly ({ id: string } & DeviceDescription)[]) => {
        for (const { id, ...description } of devices) described[id] = description
      },
      descriptions: async (ids: readonly string[]) => ids.map((id) => known[id] ?? null),
      groups: () => groups,
    }
    return { described, run: (text: string) => importDevices(text, ports, async (piece) => piece()) }
  }

  it('adds devices and changes those that there are, and leaves what has no column', async () => {
    const { run, described } = setUp({
      A: { name: 'Old', group: 'buses', attributes: { plate: 'X', seats: 40 } },
      B: { name: 'Same', group: 'buses' },
    })
    const reply = await run('id;name;plate\r\nA;New;\r\nB;Same;\r\nC;"Third; one";007\r\n')
    expect(reply).toEqual({ added: 1, changed: 1, wrong: [] })
    expect(described).toEqual({
      A: { name: 'New', group: 'buses', attributes: { seats: 40 } },
      C: { name: 'Third; one', attributes: { plate: '007' } },
    })
  })

  it('tells wrong lines by their numbers, and takes the others', async () => {
    const { run, described } = setUp()
    const lines = [
      'id,name,group',
      'A,1,buses',
      '{bad},x,',
      '"B\nB",x,',
      'C,x,Not A Group',
      'A,again,',
      'D,x,y,z',
      '',
      'E,ok,',
    ]
    const reply = await run(lines.join('\n'))
    expect(reply.wrong.map(({ line, why }) => [line, why.split(':')[0]])).toEqual([
      [3, 'id'],
      [5, 'id'],
      [6, 'group'],
      [7, 'id'],
      [8, 'It has 4 cells, and there are 3 columns.'],
    ])
    expect([reply.added, Object.keys(described)]).toEqual([2, ['A', 'E']])
  })

  it('reads nothing after a quotation mark that is out of place', async () => {
    const { run, described } = setUp()
    const reply = await run('id,name\nA,1\nB,x"y"z\nC,3\n')
    expect(Object.keys(described)).toEqual(['A'])
    expect(reply).toMatchObject({ added: 1, wrong: [{ line: 3, why: expect.stringContaining('quotation mark') }] })
  })

  it('makes no more groups than there may be', async () => {
    const groups = Array.from({ length: 99 }, (_, i) => `g${i}`)
    const { run, described } = setUp({}, groups)
    const { wrong } = await run('id,group\nA,g1\nB,new\nC,newer\nD,new\n')
    expect(wrong.map(({ line }) => line)).toEqual([4])
    expect(Object.keys(described)).toEqual(['A', 'B', 'D'])
  })

  it('reads long files in pieces, with the numbers of their lines', async () => {
    const { run, described } = setUp()
    const lines = Array.from({ length: 1000 }, (_, i) => (i === 777 ? '{,x' : `D${i},"Name\nof ${i}"`))
    const reply = await run(`id,name\n${lines.join('\n')}`)
    expect([reply.added, Object.keys(described).length]).toEqual([999, 999])
    expect(reply.wrong.map(({ line }) => line)).toEqual([1 + 777 * 2 + 1])
  })

  it('takes 20,000 devices, and tells where there are more', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `D${i}`)
    expect(await setUp().run(`id\n${lines.join('\n')}\n`)).toEqual({ added: 20_000, changed: 0, wrong: [] })
    const more = await setUp().run(`id\n${lines.join('\n')}\nONE-MORE\n`)
    expect(more).toMatchObject({ added: 20_000, wrong: [{ line: 20_002 }] })
  })
})

test('a table has only so many columns, and a mark of quotation that nothing ends takes not all of it along', () => {
  const named = (count: number): string => ['id', ...Array.from({ length: count }, (_, i) => `a${i}`)].join(',')
  expect(readHead(named(103))).toMatchObject({ delimiter: ',' })
  for (const count of [104, 50_000, 300_000])
    expect(readHead(named(count))).toEqual({ why: 'The first line names more than 104 columns.' })
  const open = `A,"x\n${'B,y\n'.repeat(300_000)}`
  expect([...piecesOf(open, 200)].length).toBeGreaterThan(3)
})
