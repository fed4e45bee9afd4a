import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Loaded before a node (`--import`): it collects all its garbage when it is told to (SIGUSR2), so that what it still
// has can be compared.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
// With an argument it would collect the young only.
process.on('SIGUSR2', () => collect())
