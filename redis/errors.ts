/**
 * Whether Redis itself said this: it answers then, though not what was hoped for (LOADING, MASTERDOWN, CLUSTERDOWN,
 * NOPERM).
 */
export const isAnswer = (error: unknown): boolean => (error as Error | undefined)?.name === 'ReplyError'

/** Whether a call was not answered in time. */
export const isTimeout = (reply: unknown): boolean => reply instanceof Error && reply.message === 'Command timed out'

/**
 * What a Sentinel, or the way to it, said last, where ioredis only says that it asked all of them in vain; else the
 * message.
 */
export const sentinelReason = ({ message }: Error): string => /Last error: (.+)$/.exec(message)?.[1] ?? message

/** Whether a server takes no writes, though another one may by now. */
export const isNoPrimary = (reply: unknown): boolean =>
  reply instanceof Error && /^(READONLY|MASTERDOWN|NOREPLICAS)/.test(reply.message)
