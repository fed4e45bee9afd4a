import type { CommandKind } from './commands.ts'

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
/** A device must not be stopped or opened while it moves (m/s), nor by where it was a while ago (s). */
const STANDING = { slowerThan: 1.5, fresherThan: 60 }

/** The kinds of commands that there are everywhere. A floor may describe more. */
export const COMMAND_KINDS: readonly CommandKind[] = [
  {
    name: 'report_every',
    title: 'Report at an interval',
    args: [{ name: 'seconds', title: 'Every', type: 'number', unit: 's', least: 1, most: HOUR_S, initial: 10 }],
    within: 10 * MINUTE_S,
    most: DAY_S,
    supersedes: ['report_every'],
  },
  { name: 'report_now', title: 'Report now', args: [], within: MINUTE_S, most: HOUR_S, supersedes: ['report_now'] },
  {
    name: 'message',
    title: 'Show a message',
    args: [
      { name: 'text', title: 'Message', type: 'text', least: 1, most: 500 },
      {
        name: 'answers',
        title: 'Answers to choose from, with commas between',
        type: 'text',
        most: 200,
        optional: true,
      },
    ],
    within: HOUR_S,
    most: DAY_S,
  },
  {
    name: 'go_to',
    title: 'Go to a place',
    args: [
      { name: 'place', title: 'Place', type: 'place' },
      { name: 'note', title: 'Note', type: 'text', most: 200, optional: true },
    ],
    within: 10 * MINUTE_S,
    most: DAY_S,
    supersedes: ['go_to', 'follow'],
  },
  {
    name: 'follow',
    title: 'Follow a route',
    args: [{ name: 'route', title: 'Route', type: 'route' }],
    within: 10 * MINUTE_S,
    most: DAY_S,
    supersedes: ['go_to', 'follow'],
  },
  {
    name: 'stop',
    title: 'Stop',
    args: [],
    within: 2 * MINUTE_S,
    most: 10 * MINUTE_S,
    dangerous: true,
    supersedes: ['stop', 'go_on'],
    if: { slowerThan: 3, fresherThan: 60 },
  },
  {
    name: 'go_on',
    title: 'Go on',
    args: [],
    within: 10 * MINUTE_S,
    most: HOUR_S,
    supersedes: ['stop', 'go_on'],
  },
  {
    name: 'unlock',
    title: 'Unlock',
    args: [],
    within: MINUTE_S,
    most: 10 * MINUTE_S,
    dangerous: true,
    supersedes: ['lock', 'unlock'],
    if: STANDING,
  },
  { name: 'lock', title: 'Lock', args: [], within: 10 * MINUTE_S, most: HOUR_S, supersedes: ['lock', 'unlock'] },
]
