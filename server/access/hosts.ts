import { isIP } from 'node:net'

/**
 * A host as a request names it, in small letters: name or address, without port, brackets and final dot. Null where it
 * is none.
 */
const hostName = (text: string): string | null => {
  const [, address, name] = HOST.exec(text) ?? []
  if (address !== undefined) return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : null
  return name?.toLowerCase() ?? null
}

/** `[address]` or `name`, then perhaps a port. No blanks, no user info, nothing that is not ASCII. */
const HOST = /^(?:\[([\da-f:.]{2,45})\]|([a-z\d_](?:[a-z\d_.-]{0,252}[a-z\d_-])?)\.?)(?::\d{1,5})?$/i

/** Whether the setting HOSTS may have this part. */
export const isHost = (text: string): boolean =>
  isIP(text) !== 0 || (hostName(text) === text.toLowerCase() && !text.includes(':'))

export type HostOptions = { host: string; origins: readonly string[]; hosts: readonly string[] }

const ANY = ['0.0.0.0', '::']

/**
 * Which hosts requests may name. A page of another name, which its owner points to this node's address, could else read
 * what the node tells its own pages. Where the node listens on all addresses every address is let in: to name one leads
 * to no other place, and behind a port that is passed on the node cannot know its own.
 */
export const createHosts = ({ host, origins, hosts }: HostOptions): ((named: string | undefined) => boolean) => {
  const plain = (text: string): string => hostName(isIP(text) === 6 ? `[${text}]` : text) ?? text
  const listed = new Set([host, ...hosts].map(plain))
  for (const origin of origins) if (URL.canParse(origin)) listed.add(plain(new URL(origin).host))
  const anyAddress = ANY.includes(host)
  return (named) => {
    const name = named === undefined ? null : hostName(named)
    if (name === null) return false
    return isLoopback(name) || listed.has(name) || (anyAddress && isIP(name) !== 0)
  }
}

/** Whether a host is this machine, which nobody else can ask. */
export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
