import { fileURLToPath } from 'node:url'
import { explain } from '../failure.ts'
import { buildWhole } from './whole.ts'

/** `npm run build`. With `--where-stale`: only where the dashboard was never built, or was changed since. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const say = (line: string): void => console.error(`watchfloor: ${line}`)

try {
  await buildWhole(root, { onlyWhereStale: process.argv.includes('--where-stale'), say })
} catch (thrown) {
  say(explain(thrown))
  process.exitCode = 1
}
