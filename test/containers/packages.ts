import { findTool } from '../support/tools.ts'
import type { Run } from './run.ts'

/** What a bare Debian or Ubuntu needs besides Node, by the program that shows whether it is there. */
const PACKAGES: Record<string, string> = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  debootstrap: 'debootstrap',
  tar: 'tar',
}

export const installPackages = async (run: Run, say: (line: string) => void): Promise<void> => {
  const missing = Object.entries(PACKAGES).flatMap(([tool, name]) => (findTool(tool) === null ? [name] : []))
  if (missing.length === 0) return
  say(`installing ${missing.join(', ')}`)
  await run('apt-get', ['update'])
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing])
}
