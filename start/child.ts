import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = { code: number | null; signal: NodeJS.Signals | null }

/** A process that was started here and is stopped by whoever holds this. */
export type Child = {
  name: string
  process: ChildProcess
  /** Resolves when the process is gone, never rejects; a program that could not be run at all ends with code 127. */
  ended: Promise<Ending>
  /** Asks it to end (SIGTERM), makes it end when it has not after `graceMs`. Resolves when it is gone. */
  stop: (graceMs?: number) => Promise<Ending>
  /** Ends it at once, as a crash would (SIGKILL). */
  kill: () => Promise<Ending>
}

/**
 * Starts a program. It gets a process group of its own, so that a terminal's Ctrl-C reaches its owner only, who ends it
 * in order.
 */
export const startChild = (name: string, file: string, args: readonly string[], options: SpawnOptions): Child => {
  const child = spawn(file, [...args], { detached: true, ...options })
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const kill = (): Promise<Ending> => {
    child.kill('SIGKILL')
    return ended
  }
  const stop = async (graceMs = 10_000): Promise<Ending> => {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, graceMs)
    const ending = await ended
    clearTimeout(timer)
    return ending
  }
  return { name, process: child, ended, stop, kill }
}

/** `exit code 1` or `signal SIGKILL`, for a sentence about it. */
export const describeEnding = ({ code, signal }: Ending): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`

type ProgramOptions = {
  cwd: string
  env: NodeJS.ProcessEnv
  /** Where what it says goes: to this terminal, only its errors to it, or to whoever reads its pipes. */
  output?: 'inherit' | 'errors' | 'pipe'
}

const runNode = (name: string, args: readonly string[], { output = 'inherit', ...options }: ProgramOptions): Child => {
  const [stdout, stderr] = output === 'errors' ? (['ignore', 'inherit'] as const) : [output, output]
  return startChild(name, process.execPath, args, { ...options, stdio: ['ignore', stdout, stderr, 'ipc'] })
}

/** A program of this project, run by the same Node as this one and on its {@link file://./leash.ts leash}. */
export const startProgram = (name: string, args: readonly string[], options: ProgramOptions): Child =>
  runNode(name, ['--import', new URL('leash.ts', import.meta.url).href, ...args], options)

/** A tool, such as the bundler, run by the same Node as this one. */
export const startTool = (name: string, args: readonly string[], options: ProgramOptions): Child =>
  runNode(name, args, options)
