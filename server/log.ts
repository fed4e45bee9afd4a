import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino'
import { parseRedisAddress } from '../redis/address.ts'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

export type NodeLog = {
  log: Logger
  /** Lines written or held back so far, by level. */
  lines: Readonly<Record<LogLevel, number>>
}

export type LogOptions = {
  node: string
  level: LevelWithSilent
  /** Texts that no line may show. */
  secrets: readonly string[]
  /** Any clock in milliseconds. */
  now: () => number
}

/** Lines that may say the same within a minute; further ones are only counted. */
const MOST_ALIKE = 10
const MINUTE_MS = 60_000
/** Texts that are remembered; they are few, unless one is made up of what it tells. */
const MOST_TEXTS = 1000

/**
 * The node's log: JSON lines on standard output. Whatever fails in a loop cannot fill a disk with it: what was held
 * back is told as `heldBack` of the next line that says the same.
 */
export const createLog = ({ node, level, secrets, now }: LogOptions, to?: DestinationStream): NodeLog => {
  const lines = { debug: 0, info: 0, warn: 0, error: 0 }
  const mayWrite = limit(now)
  const options = {
    level,
    base: { node },
    hooks: {
      logMethod(
        this: Logger,
        args: Parameters<Logger['info']>,
        write: (...args: Parameters<Logger['info']>) => void,
        number: number,
      ) {
        const [first, text] = args as unknown as [object | string, string | undefined]
        const [fields, message] = typeof first === 'string' ? [{}, first] : [first, text ?? '']
        const name = pino.levels.labels[number] as LogLevel
        lines[name]++
        const heldBack = name === 'debug' ? 0 : mayWrite(`${name} ${message}`)
        if (heldBack === null) return
        write.call(this, ...([heldBack > 0 ? { ...fields, heldBack } : fields, message] as unknown as typeof args))
      },
      streamWrite: hide(secrets),
    },
  }
  return { log: to ? pino(options, to) : pino(options), lines }
}

/** Returns how many like it were held back before, or null where this one is too many. */
const limit = (now: () => number): ((text: string) => number | null) => {
  const seen = new Map<string, { since: number; written: number; heldBack: number }>()
  return (text) => {
    const at = now()
    let own = seen.get(text)
    const heldBack = own?.heldBack ?? 0
    if (!own || at - own.since >= MINUTE_MS) {
      if (seen.size >= MOST_TEXTS) seen.clear()
      own = { since: at, written: 1, heldBack: 0 }
      seen.set(text, own)
      return heldBack
    }
    if (own.written++ < MOST_ALIKE) return 0
    own.heldBack++
    return null
  }
}

/** A secret as it is, as in an address, and as in JSON. */
const hide = (secrets: readonly string[]): ((line: string) => string) => {
  const forms = new Set(
    secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
  )
  forms.delete('')
  return (line) => [...forms].reduce((text, form) => text.replaceAll(form, '***'), line)
}

/** The passwords in a REDIS_URL; none where it is no such address. */
export const secretsOf = (redisUrl: string): string[] => {
  try {
    const address = parseRedisAddress(redisUrl)
    const sentinel = address.mode === 'sentinel' ? address.sentinelPassword : undefined
    return [address.password, sentinel].filter((secret) => secret !== undefined)
  } catch {
    return []
  }
}

/** The password in another address, and its query, which often has a key; none where it has neither. */
export const secretsOfUrl = (url: string | undefined): string[] => {
  if (url === undefined || !URL.canParse(url)) return []
  const { password, search } = new URL(url)
  return [decodeURIComponent(password), search.slice(1)].filter((secret) => secret !== '')
}
