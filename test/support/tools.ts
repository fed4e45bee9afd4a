import { spawnSync } from 'node:child_process'

/** A program of this machine, on the PATH or where Debian keeps it and only root's PATH leads; null where there is none. */
export const findTool = (name: string): string | null =>
  [name, `/usr/sbin/${name}`].find((path) => spawnSync('sh', ['-c', `command -v "${path}"`]).status === 0) ?? null
