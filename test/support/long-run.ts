import { parseArgs } from 'node:util'

/**
 * A run of some minutes, by chance, that a person starts: its flags (`minutes`, `seed`, and these `names`), its lines,
 * each with the time since it began, and its end by Ctrl-C. `host` is the process, which only main.ts files name.
 */
export const openLongRun = <Name extends string>(host: NodeJS.Process, help: string, names: readonly Name[]) => {
  const fail = (reason: string): never => {
    host.stderr.write(`${reason}\n${help}`)
    return host.exit(2)
  }
  const readFlags = (): Partial<Record<Name | 'minutes' | 'seed' | 'help', string>> => {
    const text = ['minutes', 'seed', ...names].map((name) => [name, { type: 'string' as const }] as const)
    const options = { ...Object.fromEntries(text), help: { type: 'boolean' as const } }
    try {
      return parseArgs({ args: host.argv.slice(2), options }).values as ReturnType<typeof readFlags>
    } catch (error) {
      return fail((error as Error).message)
    }
  }
  const flags = readFlags()
  if (flags.help) {
    host.stdout.write(help)
    host.exit(0)
  }
  const minutes = Number(flags.minutes ?? 10)
  const seed = Number(flags.seed ?? Date.now() % 1_000_000)
  if (!(minutes > 0)) fail(`--minutes ${flags.minutes}: not a number of minutes.`)
  if (!Number.isSafeInteger(seed)) fail(`--seed ${flags.seed}: not a whole number.`)

  const began = performance.now()
  const say = (line: string): void => {
    const seconds = Math.round((performance.now() - began) / 1000)
    const clock = `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}`
    host.stdout.write(`${clock}  ${line}\n`)
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    host.on(signal, () => {
      if (stopping.signal.aborted) host.exit(130)
      stopping.abort(new Error(`stopped by ${signal}`))
    })
  return { flags, minutes, seed, fail, say, stopping }
}
