import type { RedisCase } from '../surfaces/redis.ts'

const CHANNEL = 'wf:{s:FUZZ-1}'
const forged = (tail: string): string => `{"topic":"s:FUZZ-1","epoch":"any-life",${tail}}`
const published = (mode: RedisCase['mode'], ...tails: string[]): RedisCase => ({
  mode,
  rate: null,
  commands: tails.map((tail) => ['PUBLISH', CHANNEL, forged(tail)]),
})

export const corpus: Record<string, RedisCase> = {
  // Merged with another in a timer, it ended the node.
  'trades-that-are-none': published('latest', '"seq":2,"at":1,"trades":5', '"seq":3,"at":1,"trades":5'),
  // Far ahead by a number that it is said to follow: the topic stood still from then on, and nobody could watch it any
  // more.
  'far-ahead': published('every', '"seq":1099511627776,"after":0,"at":--1,"trades":[[]]'),
  'far-ahead-of-what-is-watched': {
    ...published('every'),
    commands: [
      [
        'PUBLISH',
        'wf:{s:WATCHED}',
        forged('"seq":1099511627776,"after":0,"at":--1,"trades":[[]]').replace('FUZZ-1', 'WATCHED'),
      ],
    ],
  },
  // Redis came back with older data within one life: who asked with a lower cursor asked for ever, and so did all after
  // it.
  'redis-went-back': { mode: 'every', rate: null, commands: [['HSET', CHANNEL, 'seq', '0']] },
  // A symbol whose hash is a text: the list of all symbols was gone.
  'a-symbol-that-is-text': { mode: 'every', rate: null, commands: [['SET', CHANNEL, 'x']] },
}
