import { describe, expect, it } from 'vitest'
import { type Account, countRefused, emptyAccount } from '../../../feed/account.ts'
import { restOf } from '../../../simulators/replay/run.ts'
import { closingLines, sentLine, statusLine, summaryLine, totalsOf } from '../../../simulators/report.ts'
import { read } from './replay/read.ts'

const account = (more: Partial<Account> = {}): Account => ({ ...emptyAccount(), ...more })
const refused = (counts: Record<string, number>) => {
  const { refused } = emptyAccount()
  for (const [reason, count] of Object.entries(counts)) countRefused(refused, reason, 'x', count)
  return refused
}

describe('the last line', () => {
  it('tells taken, repeats, old and refused by reason, in plain digits', () => {
    expect(summaryLine(account())).toBe('Taken 0, repeats 0, old 0, refused 0.')
    const more = { accepted: 12_477, repeats: 2000, old: 3, refused: refused({ 'symbol price': 4, 'symbol time': 1 }) }
    expect(summaryLine(account({ ...more, conflated: 7, dropped: 8 }))).toBe(
      'Taken 12477, repeats 2000, old 3, refused 5 (4 symbol price, 1 symbol time), replaced 7, dropped 8.',
    )
  })

  it('tells besides, of a replay, what was left out, not needed and not sent', () => {
    const rest = { leftOut: 2, unneeded: 0, unsent: 0, interrupted: false }
    expect(summaryLine(account({ accepted: 20 }), rest)).toBe('Taken 20, repeats 0, old 0, refused 0, left out 2.')
    expect(summaryLine(account({ accepted: 20 }), { ...rest, unneeded: 5, unsent: 10, interrupted: true })).toBe(
      'Taken 20, repeats 0, old 0, refused 0, left out 2, not needed 5, not sent 10, interrupted.',
    )
  })

  it('accounts for every row of the file', () => {
    const text = [
      '1.5: {"type":"heartbeat"}',
      'x',
      'wss://',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map(
        (id) => `{"type":"match","trade_id":${id},"time":"2024-03-05T10:00:00Z","price":1,"size":1,"product_id":"A"}`,
      ),
    ]
    const recording = read(text.join('\n'), 'coinbase')
    const sent = account({ accepted: 1, repeats: 1, old: 1, refused: refused({ a: 1 }), conflated: 1, dropped: 1 })
    expect(restOf(recording, sent, true)).toEqual({ leftOut: 1, unneeded: 2, unsent: 2, interrupted: true })
  })
})

describe('what is told besides', () => {
  it('while it runs: what was refused, old and dropped', () => {
    const now = account({ trades: 300, fixes: 5, old: 2, dropped: 1, refused: refused({ a: 1 }) })
    expect(statusLine(now, totalsOf(account(), 0), 2000, 9)).toBe(
      '150 trades/s, 2.5 fixes/s · 9 waiting · 2 old · 1 refused · 1 dropped',
    )
    expect(statusLine(account(), totalsOf(account(), 0), 2000, 0)).toBe('nothing sent yet · 0 waiting')
  })

  it('at the end: an example of each reason, and troubles', () => {
    const more = {
      trades: 1200,
      old: 2,
      retries: 3,
      refused: refused({ 'symbol price': 4 }),
      failures: refused({ WFARG: 1 }),
    }
    expect(sentLine(account(more))).toBe('Sent 1,200 trades, 0 quotes and 0 fixes.')
    expect(closingLines(account(more), 6)).toEqual([
      '  refused 4: symbol price, for example x',
      '  calls that failed, 1: WFARG, for example x',
      'Not taken, since they are older than all that the floor keeps: 2.',
      'Calls sent again because Redis was away or not ready: 3.',
      'Not sent, since Redis took nothing more at the end: 6.',
    ])
  })
})
