import { describe, expect, it, vi } from 'vitest'
import { A, B, CAPS, onFakeTime, openOutbox, TOPICS, update } from './outbox-stage.ts'

onFakeTime()

describe('the outbox of a slow client', () => {
  it('never holds more than its cap for a client that takes nothing, lets go of its topics, and catches up when it takes again', async () => {
    const { outbox, events, letGo, stall } = openOutbox()
    outbox.tune(B, { rate: 0.1 })
    stall(CAPS.backlogBytes + 1)
    for (let i = 1; i <= 30; i++) for (const topic of TOPICS) outbox.push(update(topic, i, 1, 'x'.repeat(1000)))
    expect(outbox.behind()).toBe(true)
    expect(letGo).toEqual([new Map(TOPICS.map((topic) => [topic, { epoch: 'e', seq: 0 }]))])
    await vi.advanceTimersByTimeAsync(1000)
    expect(events).toEqual(['slow'])
    stall(0)
    await vi.advanceTimersByTimeAsync(1000)
    expect(events).toEqual(['slow', '{"kind":"slowed","rate":2}', 'catchUp'])
    expect(outbox.behind()).toBe(false)
  })

  it('conflates everything for a client that fell behind, ever slower if it does so again, until it kept up for a while', async () => {
    const { outbox, events, frames, stall } = openOutbox()
    let seq = 0
    const pour = async (seconds: number): Promise<number> => {
      frames.length = 0
      for (let i = 0; i < seconds * 20; i++) {
        outbox.push(update(A, ++seq, 1))
        await vi.advanceTimersByTimeAsync(50)
      }
      return frames.length / seconds
    }
    const fallBehind = async (): Promise<void> => {
      stall(CAPS.backlogBytes + 1)
      for (let i = 0; i < 30; i++) outbox.push(update(A, ++seq, 1, 'x'.repeat(1000)))
      await vi.advanceTimersByTimeAsync(300)
      stall(0)
      await vi.advanceTimersByTimeAsync(300)
    }
    expect(await pour(4)).toBeGreaterThan(15)
    await fallBehind()
    expect(await pour(4)).toBeLessThanOrEqual(2.25)
    await fallBehind()
    expect(await pour(8)).toBeLessThanOrEqual(1.25)
    await pour(35)
    expect(await pour(4)).toBeGreaterThan(15)
    expect(events.filter((event) => event.startsWith('{'))).toEqual([
      '{"kind":"slowed","rate":2}',
      '{"kind":"slowed","rate":1}',
      '{"kind":"slowed","rate":null}',
    ])
    expect(frames.flatMap(({ parts }) => parts).at(-1)?.seq).toBe(seq)
  })

  it('keeps a client that takes data slowly, and drops it once it takes nothing', async () => {
    const { outbox, events, stall } = openOutbox()
    outbox.push(update(A, 1, 1))
    for (let left = 60; left > 0; left--) {
      stall(CAPS.backlogBytes + left)
      await vi.advanceTimersByTimeAsync(CAPS.stalledMs / 20)
    }
    expect(events).toEqual([])
    await vi.advanceTimersByTimeAsync(CAPS.stalledMs + 1000)
    expect(events).toEqual(['ended_stalled', 'terminated'])
  })

  it('drops a client that takes nothing for too long', async () => {
    const { outbox, events, stall } = openOutbox()
    stall(CAPS.backlogBytes + 1)
    outbox.push(update(A, 1, 1))
    await vi.advanceTimersByTimeAsync(CAPS.stalledMs + 1000)
    expect(events).toEqual(['ended_stalled', 'terminated'])
  })
})
