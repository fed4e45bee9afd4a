import { describe, expect, test } from 'vitest'
import { healthOf } from '../../../web/state/health.ts'

describe('the health of the link', () => {
  test('is silent after two and a half heartbeats of nothing, though the socket stands', () => {
    expect(healthOf('live', true, 12_499, 5_000, true)).toBe('live')
    expect(healthOf('live', true, 12_501, 5_000, true)).toBe('silent')
    expect(healthOf('waiting', true, 0, 5_000, true)).toBe('waiting')
    expect(healthOf('live', false, 0, 5_000, true)).toBe('offline')
    expect(healthOf('live', true, 0, 5_000, false)).toBe('connecting')
  })
})
