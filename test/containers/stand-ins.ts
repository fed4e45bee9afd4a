import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../support/environment.ts'
import type { Run } from './run.ts'

/* Images cannot be pulled everywhere. In their place come ones made here, of the distribution's packages and of npm's. */

export const STAND_INS = {
  node: 'NODE_IMAGE',
  redis: 'REDIS_IMAGE',
  haproxy: 'HAPROXY_IMAGE',
  postgres: 'POSTGRES_IMAGE',
}
const named = (name: string): string => `watchfloor-stand-in-${name}`
const DEBIAN = 'watchfloor-debian'
/** As slim images have it: nothing to read, and no lists. */
const UNREAD = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale']
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

const makeDebian = async (run: Run, folder: string): Promise<void> => {
  const root = join(folder, 'debian')
  if (!existsSync(join(root, 'etc/debian_version'))) {
    await rm(root, { recursive: true, force: true })
    await run('debootstrap', ['--variant=minbase', 'bookworm', root])
    for (const path of UNREAD) await rm(join(root, path), { recursive: true, force: true })
    await mkdir(join(root, 'var/lib/apt/lists/partial'), { recursive: true })
    await mkdir(join(root, 'var/cache/apt/archives/partial'), { recursive: true })
  }
  const archive = join(folder, 'debian.tar')
  await run('tar', ['-C', root, '-cf', archive, '.'])
  await run('docker', ['import', archive, DEBIAN])
  await rm(archive)
}

/** What the stand-ins are built from: this very Node, npm, and whom this machine trusts. */
const makeContext = async (run: Run, context: string): Promise<void> => {
  await mkdir(context, { recursive: true })
  await copyFile(process.execPath, join(context, 'node'))
  await copyFile(CERTIFICATES, join(context, 'certificates.pem'))
  await copyFile(join(ROOT, 'test/containers/stand-ins/postgres.sh'), join(context, 'postgres.sh'))
  const globals = await run('npm', ['root', '--global'])
  await rm(join(context, 'npm'), { recursive: true, force: true })
  await cp(join(globals, 'npm'), join(context, 'npm'), { recursive: true })
}

/** Makes them all. Returns the settings by which Compose and the Dockerfile take them. */
export const makeStandIns = async (run: Run, folder: string): Promise<Record<string, string>> => {
  const context = join(folder, 'context')
  await makeDebian(run, folder)
  await makeContext(run, context)
  for (const name of Object.keys(STAND_INS)) {
    const file = join(ROOT, `test/containers/stand-ins/${name}.Dockerfile`)
    await run('docker', ['build', '--network', 'host', '--tag', named(name), '--file', file, context])
  }
  return Object.fromEntries(Object.entries(STAND_INS).map(([name, setting]) => [setting, named(name)]))
}
