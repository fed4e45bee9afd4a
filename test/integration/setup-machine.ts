import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { ROOT, searchPath } from '../support/environment.ts'

/** What every machine has. */
const TOOLS = 'sh sed grep find dirname env touch chmod uname ln readlink mv rm cksum sleep ps cat'.split(' ')

/** A copy of the project's frame, on a machine that has only the programs which a test puts there. */
export let folder = ''
/** The folder of the machine's programs. */
export let bin = ''

/** A program that writes down how it was called. `then`: what else it does, in sh. */
export const program = async (name: string, then = ''): Promise<void> => {
  await rm(join(bin, name), { force: true }) // it may be a link to the machine's own, which would be written to
  await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${then}\n`)
  await chmod(join(bin, name), 0o755)
}
export const redis = (version: string): string => `echo "Redis server v=${version} sha=0"`
/** What a package manager does to make a program appear. */
export const bringing = (name: string, body: string, file = name): string =>
  `case "$*" in *install*${name}*) printf '#!/bin/sh\\n%s\\n' '${body}' > ${bin}/${file}; chmod +x ${bin}/${file};; esac`

export type Outcome = { code: number; said: string; calls: string[] }

export const setup = (args: string[] = [], env: Record<string, string> = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['setup.sh', ...args],
      { cwd: folder, env: { PATH: bin, SBIN: bin, POSTGRES_LIB: bin, ...env } },
      async (error, stdout, stderr) => {
        const calls = await readFile(join(folder, 'calls'), 'utf8').catch(() => '')
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          said: stdout + stderr,
          calls: calls.trim().split('\n').filter(Boolean),
        })
      },
    )
    child.stdin?.end()
  })

export const find = async (name: string): Promise<string> => {
  for (const place of searchPath().split(':')) {
    const path = join(place, name)
    if (
      await readFile(path).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  throw new Error(`no ${name} here`)
}

/** Gives each test of a file a machine of its own. */
export const onFreshMachines = (): void => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchfloor-setup-'))
    bin = join(folder, 'bin')
    await mkdir(bin)
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
    for (const name of TOOLS) await symlink(await find(name), join(bin, name))
    await program('id', 'echo 0')
    await copyFile(join(ROOT, 'setup.sh'), join(folder, 'setup.sh'))
    await writeFile(join(folder, 'package-lock.json'), '{}')
    await writeFile(join(folder, 'node_modules/.bin/node'), '')
    await chmod(join(folder, 'node_modules/.bin/node'), 0o755)
    await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}')
  })

  // What a program that was killed had started may still write something.
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }))
}
