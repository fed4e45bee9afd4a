import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { read, reasonsOf, tradesOf } from './read.ts'

const T = 1_569_902_400_000

describe('tables of trades', () => {
  it.each([
    ['Binance', `4611,0.5,10,5,${T},True,True`, { id: 4611, t: T, price: 0.5, size: 10, side: 'sell' }],
    [
      'Binance in microseconds',
      `4611,0.5,10,5,${T}123,False,True`,
      { id: 4611, t: T, price: 0.5, size: 10, side: 'buy' },
    ],
    ['aggregates', `7,0.5,10,1,2,${T},false,true`, { id: 7, t: T, price: 0.5, size: 10, side: 'buy' }],
    [
      'a collector',
      `exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nx,A/B,${T}000,${T}001,7,sell,0.5,10`,
      { id: 7, t: T, price: 0.5, size: 10, side: 'sell' },
    ],
    [
      'columns in any order and case',
      `Trade_ID;Size;Price;Created_Time\n7;10;0.5;2019-10-01T04:00:00Z`,
      { id: 7, t: T, price: 0.5, size: 10 },
    ],
  ])('are read as %s gives them', (_, text, trade) => {
    expect([recognise(text), tradesOf(read(text, 'csv'))]).toEqual(['csv', [trade]])
  })

  it('say why a row is left out', () => {
    const recording = read('time,price,size\n1569902400,0.5,10\n1569902400,,10\n1569902400,"1,5",10', 'csv')
    expect(reasonsOf(recording)).toEqual({
      'the trade has no number: --shift numbers anew, and takes it': 1,
      'the price is no number': 2,
    })
  })
})
