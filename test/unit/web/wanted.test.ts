import { describe, expect, test } from 'vitest'
import { shownWorkspace, wantedTopics } from '../../../web/state/wanted.ts'

describe('what is watched', () => {
  const place = { workspace: 'split', symbol: 'ZZZ', device: 'BUS' } as const
  test('is what is on the screen', () => {
    expect([...wantedTopics(place, ['A', 'B'], new Set(['B']))]).toEqual([
      ['s:A', { mode: 'latest', rate: 5 }],
      ['s:B', { mode: 'latest', rate: 0.2 }],
      ['s:ZZZ', {}],
      ['r:devices', { mode: 'latest', rate: 1 }],
      ['d:BUS', {}],
    ])
    expect([...wantedTopics({ ...place, workspace: 'fleet' }, ['A'], new Set()).keys()]).toEqual(['r:devices', 'd:BUS'])
    expect([...wantedTopics({ ...place, workspace: 'markets' }, ['A'], new Set()).keys()]).toEqual(['s:A', 's:ZZZ'])
  })
  test('on a phone is one workspace', () =>
    expect([shownWorkspace('split', true), shownWorkspace('split', false)]).toEqual(['markets', 'split']))
})
