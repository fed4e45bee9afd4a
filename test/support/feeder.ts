import { type Child, startProgram } from '../../start/child.ts'
import { type Ask, asker } from '../bench/calls.ts'
import { inherited, ROOT } from './environment.ts'
import type { FeederCalls } from './feeder/feeder.ts'
import type { RecordedCalls } from './feeder/recorded.ts'

export type Feeder = Pick<Child, 'kill'> & { ask: Ask<FeederCalls & RecordedCalls> }

/** A feed as a process of its own. */
export const startFeeder = (): Feeder => {
  const child = startProgram('feed', ['test/support/feeder/main.ts'], { cwd: ROOT, env: inherited(), output: 'errors' })
  return { kill: child.kill, ask: asker<FeederCalls & RecordedCalls>(child.process) }
}
