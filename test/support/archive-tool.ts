import { spawn } from 'node:child_process'
import { inherited, ROOT } from './environment.ts'

export type Ran = { code: number | null; out: string; err: string; last: string }

/** `npm run archive -- ...args` as a process of its own, with the archive of this address. */
export const runArchive = async (
  archive: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> => {
  const child = spawn(process.execPath, ['archive/tool/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited(), ARCHIVE_URL: archive, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out, err, last: out.trimEnd().split('\n').at(-1) ?? '' }
}
