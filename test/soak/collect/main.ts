import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Loaded before a node (`--import`): it collects all its garbage when it is told to (SIGUSR2), so that what it still
// has can be compared.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: object) => void
// A usual collection leaves pages that are free in V8's pool, which it keeps until memory is short: after a burst some
// 70 MB that nothing holds.
const ALL = { type: 'major', execution: 'sync', flavor: 'last-resort' }
process.on('SIGUSR2', () => collect(ALL))
