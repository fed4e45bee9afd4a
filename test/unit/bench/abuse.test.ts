import { describe, expect, test } from 'vitest'
import { figuresOf } from '../../bench/abuse/figures.ts'
import type { Phase } from '../../bench/abuse/phase.ts'
import type { Run } from '../../bench/abuse/run.ts'
import type { Outcome } from '../../bench/abuser/outcome.ts'
import { createTally } from '../../bench/abuser/outcome.ts'
import { responseReader } from '../../bench/abuser/responses.ts'
import { cursorsFrame, fragments, largeFrame } from '../../bench/abuser/words.ts'
import { frameReader } from '../../bench/load/frames.ts'

/** Largest message that a node takes. */
const MOST_BYTES = 512 * 1024

describe('responses', () => {
  const stream = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: W/"a"\r\n\r\nhello',
    'HTTP/1.1 304 Not Modified\r\nETag: W/"b"\r\n\r\n',
    'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ]
  test.each([1, 2, 7, 50, 1000])('are told apart, however the bytes come: %i at a time', (size) => {
    const seen: unknown[] = []
    const read = responseReader((status, etag) => seen.push([status, etag]))
    for (const response of stream)
      for (let at = 0; at < response.length; at += size) read(Buffer.from(response.slice(at, at + size)))
    expect(seen).toEqual([
      [200, 'W/"a"'],
      [304, 'W/"b"'],
      [429, null],
      [200, null],
    ])
  })
  test('of one chunk are all seen, but for those after a chunked one', () => {
    const seen: number[] = []
    responseReader((status) => seen.push(status))(Buffer.from(stream.slice(0, 3).join('')))
    expect(seen).toEqual([200, 304, 429])
  })
})

describe('messages of an abuser', () => {
  const sizes = (bytes: Buffer): number[] => {
    const seen: number[] = []
    // A server's frames have no mask of four bytes: the abuser's mask is read as if it were text.
    frameReader((_opcode, _bytes, start, end) => seen.push(end - start))(bytes)
    return seen
  }
  test('are as large as a node may take', () => {
    for (const frame of [cursorsFrame(11_000), largeFrame(510 * 1024)]) {
      expect(frame.length).toBeGreaterThan(MOST_BYTES * 0.9)
      expect(frame.length).toBeLessThan(MOST_BYTES)
    }
  })
  test('come in fragments of a byte, the last of which ends the message', () => {
    const frames = fragments(100)
    const firsts = Array.from({ length: 100 }, (_, i) => frames[i * 7])
    expect(frames).toHaveLength(700)
    expect(firsts).toEqual([1, ...Array(98).fill(0), 0x80])
    expect(sizes(frames.subarray(0, 3))).toEqual([1])
  })
})

describe('figures of an abuse', () => {
  const phase = (p99: number, server: number, endMb: number): Phase => ({
    delays: { p50: 1, p95: 1, p99, max: p99 },
    health: { p50: 1, p99: 2 },
    laterServer: server,
    cores: { server, redis: 0, abuser: 0, others: 0 },
    peakMb: endMb,
    endMb,
  })
  const outcome: Outcome = createTally(() => 0).outcome()
  const run = (during: Phase, after: Phase | null): Run => ({
    before: phase(4, 0.1, 100),
    during,
    after,
    outcome,
    harm: null,
    diedAfterS: after ? null : 1,
  })

  test('compare with the quiet before', () => {
    const { p99Ratio, addedCpu, leftMb, peakMb } = figuresOf(run(phase(6, 0.5, 300), phase(3, 0.2, 120)))
    expect({ p99Ratio, leftMb, peakMb }).toEqual({ p99Ratio: 1.5, leftMb: 20, peakMb: 300 })
    expect(addedCpu).toBeCloseTo(0.4)
  })
  test('say of a server that died that it did, and nothing else', () => {
    const figures = figuresOf(run(phase(6, 0.5, 300), null))
    expect(figures).toMatchObject({ died: true, p99: null, p99Ratio: null, addedCpu: null, leftMb: null })
  })
})
