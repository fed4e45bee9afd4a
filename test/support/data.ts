import { ROOT } from './environment.ts'

/** Recorded market and fleet data, each cut to what tests show of it; test/data/README.md tells whose it is. */
export const RECORDINGS = `${ROOT}/test/data/recordings`

/** Small files that trip replays, made for this project. */
export const CASES = `${ROOT}/test/data/cases`
