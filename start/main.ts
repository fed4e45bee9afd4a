import { fileURLToPath } from 'node:url'
import { explain, oneLine } from './failure.ts'
import { runFloor } from './run.ts'
import { readSettings } from './settings.ts'

const stopping = new AbortController()
// npm passes a terminal's Ctrl-C on, so it may come twice: it only asks, and asking again changes nothing.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())

const say = (line: string): void => console.log(`watchfloor: ${oneLine(line)}`)
const complain = (line: string): void => console.error(`watchfloor: ${line}`)

try {
  const root = fileURLToPath(new URL('..', import.meta.url))
  // npm runs this in the project's folder, and tells where it was called.
  const calledIn = process.env.INIT_CWD || process.cwd()
  const settings = readSettings(root, process.env, process.argv.slice(2), calledIn)
  await runFloor(settings, say, stopping.signal)
} catch (thrown) {
  complain(explain(thrown))
  process.exitCode = 1
}
// A look-up of a name that nobody waits for any more would keep it from ending.
process.exit()
