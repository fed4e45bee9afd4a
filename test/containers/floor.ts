import type { Profile } from '../support/compose.ts'
import { ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import type { ComposeProgram } from './compose-program.ts'
import type { Run } from './run.ts'
import { openWatcher, type Watcher } from './watcher.ts'

/** The whole floor in containers, by the compose file as it is. */
export type Floor = {
  run: Run
  profile: Profile
  url: string
  compose: (...args: string[]) => Promise<string>
  /** One command; resolves once all that has a check is healthy. Returns a client that hears data, and how long it took. */
  up: () => Promise<{ watcher: Watcher; healthyMs: number; liveMs: number }>
  /** The container of a service. */
  container: (service: string) => Promise<string>
  /** What the engine says of a container. */
  inspect: (service: string, format: string) => Promise<string>
  /** Ends its first process from outside, as a crash would: the engine starts it again. */
  crash: (service: string) => Promise<void>
  healthy: (service: string) => Promise<unknown>
}

/** What a node and simulators are called in each profile. */
export const serviceOf = (profile: Profile, name: string): string =>
  profile === 'single' ? name : `${profile}-${name}`

type Options = { run: Run; program: ComposeProgram; profile: Profile; port: number; archive: boolean }

export const openFloor = ({ run, program, profile, port, archive }: Options): Floor => {
  const profiles = ['--profile', profile, ...(archive ? ['--profile', 'archive'] : [])]
  const url = `http://127.0.0.1:${port}`
  const compose = (...args: string[]) => run(program.file, [...program.args, ...profiles, ...args], { cwd: ROOT })
  const container = (service: string) => compose('ps', '--all', '--quiet', service)
  const inspect = async (service: string, format: string) =>
    run('docker', ['inspect', '--format', format, await container(service)])
  return {
    run,
    profile,
    url,
    compose,
    container,
    inspect,
    up: async () => {
      const began = performance.now()
      await compose('up', '--detach', '--wait')
      const healthyMs = performance.now() - began
      const watcher = await openWatcher(url)
      await watcher.live()
      return { watcher, healthyMs, liveMs: performance.now() - began }
    },
    crash: async (service) => {
      const pid = Number(await inspect(service, '{{.State.Pid}}'))
      if (!(pid > 1)) throw new Error(`${service} does not run`)
      process.kill(pid, 'SIGKILL')
    },
    healthy: (service) =>
      eventually(
        `${service} is healthy`,
        async () => (await inspect(service, '{{.State.Health.Status}}')) === 'healthy',
        {
          limitMs: 120_000,
          everyMs: 200,
        },
      ),
  }
}
