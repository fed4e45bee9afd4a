import { ALL_GRANTS, writeGrants } from '../../wire/grants.ts'

export type Preset = { name: string; grants: string; about: string }

const DESK = 'watch:m:* say:m:* watch:p:* watch:v:*'

/** What people usually are, and what they may do then. */
export const PRESETS: readonly Preset[] = [
  { name: 'Trader', grants: `watch:s:* share:s:* ${DESK}`, about: 'Sees and shares all symbols, talks in all rooms.' },
  {
    name: 'Dispatcher',
    grants: `watch:c:* watch:d:* watch:r:* share:c:* share:d:* command:d:* ${DESK}`,
    about: 'Sees and shares the map and all devices, sends commands, talks in all rooms.',
  },
  { name: 'Manager', grants: writeGrants(ALL_GRANTS), about: 'May do everything, and invites and removes people.' },
]
