import type { Commands } from './deployment.ts'
import type { Lines } from './lines.ts'

/** How much of Redis works now. */
export type Reach = {
  /** Whether commands and all subscriptions work. */
  isUp: () => boolean
  /** How much of it works: `part` where some primaries are heard and others are not. */
  reach: () => 'up' | 'part' | 'down'
  /** Whether each connection is up: that for commands (`command`), and the subscriber of each primary by its name. */
  connections: () => Record<string, boolean>
}

export const createReach = (command: Commands, lines: Lines, isUp: () => boolean): Reach => ({
  isUp,
  reach: () => {
    if (isUp()) return 'up'
    const heard = lines.all().filter(({ redis }) => redis.status === 'ready').length
    return command.status === 'ready' && heard > 0 && heard < lines.all().length ? 'part' : 'down'
  },
  connections: () => ({
    command: command.status === 'ready',
    ...Object.fromEntries(lines.all().map(({ primary, redis }) => [primary, redis.status === 'ready'])),
  }),
})
