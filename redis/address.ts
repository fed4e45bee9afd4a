/**
 * How a Redis is named, in one setting (REDIS_URL) for nodes and feeds alike:
 * `redis://[user:password@]host[:port][/database]` for a single server,
 * `redis+sentinel://[user:password@]host[:port],host[:port]/primary-name` for Sentinels that know where the primary is,
 * and `redis+cluster://[user:password@]host[:port],host[:port]` for some nodes of a Cluster. `rediss` in place of
 * `redis` is the same over TLS. Sentinels with a password of their own: `?sentinelPassword=...`.
 */
export type RedisAddress = {
  hosts: RedisHost[]
  username: string | undefined
  password: string | undefined
  tls: boolean
} & (
  | { mode: 'single'; database: number }
  | { mode: 'sentinel'; primary: string; sentinelPassword: string | undefined }
  | { mode: 'cluster' }
)

export type RedisHost = { host: string; port: number }
export type RedisMode = RedisAddress['mode']
/** The addresses of these kinds of Redis. */
export type AddressOf<Mode extends RedisMode> = Extract<RedisAddress, { mode: Mode }>

const SHAPE = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/
const HOST = /^(\[[0-9a-f:]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const satisfies Record<RedisMode, number>

/** Reads a REDIS_URL; throws, saying what is wrong and never repeating a password. */
export const parseRedisAddress = (url: string): RedisAddress => {
  const parts = SHAPE.exec(url)
  if (!parts) throw new Error('REDIS_URL must look like redis://host:6379, redis+sentinel://… or redis+cluster://…')
  const [, scheme, kind = 'single', credentials = '', hosts = '', path = '', query = ''] = parts
  // An unescaped @ or / in a password would otherwise be taken for a host, and be shown.
  if (`${hosts}${path}`.includes('@')) throw new Error('REDIS_URL: write / and @ in a password as %2F and %40')
  const mode = kind as RedisMode
  const [username, password] = readCredentials(credentials)
  const common = { hosts: readHosts(hosts, mode), username, password, tls: scheme === 'rediss' }
  if (mode === 'single') {
    if (common.hosts.length > 1)
      throw new Error('REDIS_URL names several hosts: say redis+sentinel:// or redis+cluster://')
    if (!/^\d{0,3}$/.test(path)) throw new Error(`REDIS_URL: "${path}" is no number of a database`)
    return { ...common, mode, database: Number(path) }
  }
  if (mode === 'cluster') {
    if (path !== '' && path !== '0') throw new Error('REDIS_URL: a Cluster has one database only, number 0')
    return { ...common, mode }
  }
  if (path === '') throw new Error("REDIS_URL must end with the primary's name: redis+sentinel://host:26379/mymaster")
  const sentinelPassword = new URLSearchParams(query).get('sentinelPassword') ?? undefined
  return { ...common, mode, primary: decodeURIComponent(path), sentinelPassword }
}

/**
 * A REDIS_URL, or another address, as it may stand in a log: without passwords, and where it cannot be told what is one, without everything
 * that may be.
 */
export const withoutPasswords = (url: string): string => {
  if (!/[@?]/.test(url)) return url
  const named = /^[a-z+]+(?=:\/\/)/.exec(url)?.[0] ?? 'redis'
  const [, scheme = named, kind, , hosts = '', path = ''] = SHAPE.exec(url) ?? []
  const where = `${hosts}${path && '/'}${path}`
  return `${scheme}${kind ? `+${kind}` : ''}://${where === '' || where.includes('@') ? '…' : where}`
}

const readCredentials = (text: string): [username: string | undefined, password: string | undefined] => {
  if (text === '') return [undefined, undefined]
  const colon = text.indexOf(':')
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  return [decodeURIComponent(username) || undefined, decodeURIComponent(password) || undefined]
}

const readHosts = (text: string, mode: RedisMode): RedisHost[] =>
  text.split(',').map((one) => {
    const [, host = '', port] = HOST.exec(one) ?? []
    if (host === '' || Number(port) > 65_535) throw new Error(`REDIS_URL: "${one}" is no host:port`)
    return { host: host.replace(/^\[|\]$/g, ''), port: port ? Number(port) : PORTS[mode] }
  })
