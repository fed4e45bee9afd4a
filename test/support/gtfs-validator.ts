import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT, searchPath } from './environment.ts'

const PACKAGES = join(ROOT, 'node_modules/.cache/gtfs-rt-validator')
const run = promisify(execFile)

/** Whether this machine has Python and the validator, which setup.sh brings. */
export const hasValidator =
  existsSync(join(PACKAGES, 'gtfs_rt_validator')) && spawnSync('python3', ['--version']).status === 0
export const NO_VALIDATOR = 'no gtfs-rt-validator here: Python and pip are needed to test what we give with it'

type Finding = { code: string; severity: string; sampleNotices: object[] }

/**
 * What a validator of GTFS-realtime finds wrong in vehicle positions, for an agency whose tables these are: the text of
 * each by the name of its file.
 */
export const validate = async (feed: Uint8Array, tables: Record<string, string>): Promise<Finding[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-gtfs-'))
  try {
    const names = Object.keys(tables)
    for (const [name, text] of Object.entries(tables)) await writeFile(join(folder, name), text)
    await writeFile(join(folder, 'feed.pb'), feed)
    const options = { cwd: folder, env: { PATH: searchPath(), PYTHONPATH: PACKAGES } }
    await run('python3', ['-m', 'zipfile', '-c', 'gtfs.zip', ...names], options)
    const program = join(PACKAGES, 'bin/gtfs-rt-validator')
    await run('python3', [program, '-gtfs', 'gtfs.zip', '-vp', 'feed.pb', '--out', 'out'], options)
    const { summary, notices } = JSON.parse(await readFile(join(folder, 'out/report.json'), 'utf8')) as {
      summary: { messagesValidated: number }
      notices: Finding[]
    }
    if (summary.messagesValidated !== 1) throw new Error('the validator looked at nothing')
    return notices
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
