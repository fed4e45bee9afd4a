import { spawn } from 'node:child_process'

export type Environment = NodeJS.ProcessEnv
export type Run = (file: string, args: readonly string[], options?: { cwd?: string; input?: string }) => Promise<string>

/** Most of what a program says that is kept, for the error of one that fails. */
const TAIL = 4000

/** Runs programs in this environment, one after the other. Returns what one printed; throws where it failed, with its end. */
export const createRun =
  (env: Environment): Run =>
  (file, args, { cwd } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
      let [printed, errors] = ['', '']
      child.stdout.on('data', (data) => {
        printed += data
      })
      child.stderr.on('data', (data) => {
        errors = `${errors}${data}`.slice(-TAIL)
      })
      child.on('error', reject)
      child.on('close', (code) => {
        if (code === 0) resolve(printed.trim())
        else reject(new Error(`${file} ${args.join(' ')}: exit code ${code}\n${printed.slice(-TAIL)}${errors}`))
      })
    })
