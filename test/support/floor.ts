import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ending, startChild } from '../../start/child.ts'
import { inherited, ROOT } from './environment.ts'
import { eventually } from './eventually.ts'

export type TestFloor = {
  /** All that it has said, on both channels. */
  output: () => string
  /** Resolves with the address once it says that the floor is open. */
  opened: () => Promise<string>
  ended: Promise<Ending>
  signal: (name: NodeJS.Signals) => void
}

/** A data folder for floors, removed by the returned function; no floor may run in it then. */
export const dataFolder = async (): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'watchfloor-data-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Runs what `npm start` runs, with these settings. */
export const startFloor = (env: Record<string, string>, args: readonly string[] = []): TestFloor => {
  const child = startChild('floor', process.execPath, ['start/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (data: Buffer): void => {
    output += data
  }
  child.process.stdout?.on('data', keep)
  child.process.stderr?.on('data', keep)
  const closed = new Promise<Ending>((resolve) => {
    child.process.once('close', (code, signal) => resolve({ code, signal }))
  })
  let gone = false
  void child.ended.then(() => {
    gone = true
  })
  const opened = async (): Promise<string> => {
    const look = () => gone || /open at (\S+)/.exec(output)?.[1]
    const address = await eventually('the floor opens', look)
    if (address === true) throw new Error(`it ended before it opened:\n${output}`)
    return address
  }
  return { output: () => output, opened, ended: closed, signal: (name) => child.process.kill(name) }
}
