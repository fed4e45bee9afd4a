import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { tellFaults } from '../../../server/fault-log.ts'
import { createFaults, type Fault } from '../../../server/faults.ts'

const setUp = () => {
  const told: Fault[] = []
  return { told, ...createFaults((fault) => told.push(fault)) }
}

describe('what is guarded', () => {
  it('is called with what it is given, and costs what it belongs to where it throws', () => {
    const { guard, told } = setUp()
    const costs: unknown[][] = []
    const error = new Error('no')
    const run = guard(
      'topic.message',
      (a: number, b: string) => {
        if (a > 1) throw error
        costs.push([a, b])
      },
      (...cost) => costs.push(cost),
      's:A',
    )
    run(1, 'one')
    run(2, 'two')
    expect(costs).toEqual([
      [1, 'one'],
      [error, 2, 'two'],
    ])
    expect(told).toEqual([{ at: 'topic.message', error, of: 's:A' }])
  })

  it('is caught when it rejects, and so is a cost that throws', async () => {
    const { guard, told } = setUp()
    const cost = (): void => {
      throw new Error('the cost')
    }
    guard('chore.sweep', async () => Promise.reject(new Error('the work')), cost)()
    await sleep(1)
    expect(told.map(({ error }) => String(error))).toEqual(['Error: the work', 'Error: the cost'])
  })
})

it('a fault is logged once, and then once a minute with how many there were; each place by itself', () => {
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) })
  let now = 0
  const counts: string[] = []
  const tell = tellFaults(
    log,
    (at) => counts.push(at),
    () => now,
  )
  for (let i = 0; i < 1000; i++) tell({ at: 'flush', error: new Error('again'), of: '' })
  tell({ at: 'client.push', error: new Error('once'), of: 'abc' })
  now = 60_001
  tell({ at: 'flush', error: new Error('again'), of: '' })
  expect(lines.map(({ at, of, more }) => [at, of, more])).toEqual([
    ['flush', '', 0],
    ['client.push', 'abc', 0],
    ['flush', '', 999],
  ])
  expect(lines[0]).toMatchObject({ reason: 'Error: again', level: 50 })
  expect(counts).toHaveLength(1002)
})
