import type { Port } from '../../../../feed/port.ts'
import type { Call } from '../../../../wire/calls.ts'

/** A port that answers calls as `answer` says, and remembers them. */
export const fakePort = (answer: (call: Call) => unknown) => {
  const calls: Call[] = []
  const batches: Call[][] = []
  const port: Port = {
    run: async (some) => {
      batches.push([...some])
      calls.push(...some)
      return some.map(answer)
    },
    groups: (some) => (some.length > 0 ? [some.map((_, place) => place)] : []),
  }
  return { port, calls, batches, named: (name: string) => calls.filter((call) => call.name === name) }
}

/** As a Redis that is away answers. */
export const AWAY = new Error('Connection is closed.')
/** As the function library refuses what it can never take. */
export const refusal = (what: string): Error => Object.assign(new Error(`WFARG ${what}`), { name: 'ReplyError' })
