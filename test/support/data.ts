import { recordingsFolder } from './environment.ts'

/** The folder of recorded market and fleet data, or null where it is absent: skip the test then, with {@link NO_RECORDINGS}. */
export const recordings: string | null = recordingsFolder()

export const NO_RECORDINGS = 'no recordings here: set WATCHFLOOR_DATA to their folder'
