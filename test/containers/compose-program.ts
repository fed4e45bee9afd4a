import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '../support/tools.ts'
import type { Run } from './run.ts'

export type ComposeProgram = { file: string; args: readonly string[]; version: string }

/** The one that is built where there is none; the first that knows `required` is 2.20. */
const BUILT = 'v2.40.3'
const MODULE = 'github.com/docker/compose/v2'

const asked = async (run: Run, file: string, args: readonly string[]): Promise<ComposeProgram | null> => {
  const version = await run(file, [...args, 'version', '--short']).catch(() => '')
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > 2 || (major === 2 && minor >= 20) ? { file, args, version } : null
}

/** Docker Compose 2.20 or later: one that is there, the distribution's, or one built by Go from its module. */
export const findCompose = async (run: Run, folder: string, say: (line: string) => void): Promise<ComposeProgram> => {
  const built = join(folder, 'docker-compose')
  const there = async (): Promise<ComposeProgram | null> =>
    (await asked(run, 'docker', ['compose'])) ??
    (await asked(run, 'docker-compose', [])) ??
    (await asked(run, built, []))
  const found = await there()
  if (found) return found
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'docker-compose-v2']).catch(() => '')
  const installed = await there()
  if (installed) return installed
  if (findTool('go') === null)
    throw new Error('No Docker Compose 2.20 or later here: install it, or Go, which builds it.')
  say(`building Docker Compose ${BUILT} with Go`)
  const module = join(folder, 'compose-module')
  await mkdir(module, { recursive: true })
  await writeFile(join(module, 'go.mod'), 'module compose\n\ngo 1.24\n')
  await run('go', ['get', `${MODULE}/cmd@${BUILT}`], { cwd: module })
  const version = `-s -w -X ${MODULE}/internal.Version=${BUILT}`
  await run('go', ['build', '-trimpath', '-ldflags', version, '-o', built, `${MODULE}/cmd`], { cwd: module })
  return { file: built, args: [], version: BUILT }
}
