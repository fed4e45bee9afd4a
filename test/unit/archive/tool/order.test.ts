import { describe, expect, it } from 'vitest'
import { HELP } from '../../../../archive/tool/help.ts'
import { readOrder } from '../../../../archive/tool/order.ts'
import { text } from '../../../support/figures.ts'

const order = (line: string) => readOrder(line.split(' ').filter(Boolean))

describe('what the archive is asked for', () => {
  it('is read with all its options', () => {
    expect(order('import a.csv b.gpx --symbol XRP-ETH --device V --trades --format csv --zone +01:00')).toMatchObject({
      kind: 'import',
      files: ['a.csv', 'b.gpx'],
      symbol: 'XRP-ETH',
      device: 'V',
      trades: true,
      format: 'csv',
    })
    expect(order('export candles BRK.B --from 2026-11-30 --to 2026-11-30T08:15:00Z --interval 1h -o x')).toEqual({
      kind: 'export',
      what: 'candles',
      name: 'BRK.B',
      from: Date.UTC(2026, 10, 30),
      to: Date.UTC(2026, 10, 30, 8, 15),
      interval: '1h',
      format: 'csv',
      file: 'x',
    })
    expect(order('move sqlite:a postgres://b/c')).toEqual({ kind: 'move', from: 'sqlite:a', to: 'postgres://b/c' })
    expect([order('verify'), order('size'), order('')].map(({ kind }) => kind)).toEqual(['verify', 'size', 'help'])
  })

  it.each([
    ['import', /import takes the files/],
    ['import x --interval 1m', /Unknown option '--interval'/],
    ['import x --zone Mars', /--zone takes a time zone/],
    ['export tracks A', /candles SYMBOL, trades SYMBOL or track DEVICE/],
    ['export track', /candles SYMBOL, trades SYMBOL or track DEVICE/],
    ['export candles A --format gpx', /one of csv, parquet for candles/],
    ['export candles A --interval 2m', /--interval takes one of 1m, 5m/],
    ['export candles A --from yesterday', /--from takes a day or a time/],
    ['export candles A --from 2026-11-30 --to 2026-11-30', /--from must be before --to/],
    ['size x', /size takes nothing besides/],
    ['move sqlite:a', /move takes two archives/],
  ])('%s is told what is wrong', (line, message) => {
    expect(order(line)).toEqual({ kind: 'mistake', message: expect.stringMatching(message) })
    expect(order(line)).toMatchObject({ message: expect.stringMatching(/\(npm run archive -- --help\)$/) })
  })
})

it('its help and docs/archive.md name every option and every verb', () => {
  for (const name of ['symbol', 'device', 'trades', 'format', 'zone', 'date', 'from', 'to', 'interval'])
    expect(HELP).toContain(`--${name}`)
  for (const verb of ['import', 'export', 'verify', 'move', 'size'])
    expect([HELP, text('docs/archive.md')].every((page) => page.includes(`npm run archive -- ${verb}`))).toBe(true)
})
