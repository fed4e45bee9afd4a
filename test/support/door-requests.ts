import { readdirSync, readFileSync } from 'node:fs'
import { ROOT } from './environment.ts'

const FOLDER = `${ROOT}/test/data/doors`

/** The requests of real clients that there are, by the names of their files. */
export const DOOR_REQUESTS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.http'))
  .map((file) => file.slice(0, -'.http'.length))
  .sort()

/** What a request has where the files have a name in braces. */
export type Values = { host: string; key: string; id?: string }

export type DoorRequest = { method: string; target: string; headers: Record<string, string>; body: string; raw: string }

/** A request as its client sends it, after the lines that say whose it is. */
export const doorRequest = (name: string, { host, key, id = 'van-7' }: Values): DoorRequest => {
  const lines = readFileSync(`${FOLDER}/${name}.http`, 'utf8').split('\n')
  const text = lines.filter((line, i) => !(line.startsWith('#') && i < 3)).join('\n')
  const at = text.indexOf('\n\n')
  const body = text.slice(at + 2).trimEnd()
  const values: Record<string, string> = {
    host,
    key,
    basic: Buffer.from(`${id}:${key}`).toString('base64'),
    length: String(Buffer.byteLength(body)),
  }
  const head = text.slice(0, at).replace(/\{(\w+)\}/g, (_, value: string) => values[value] ?? '')
  const [first = '', ...rest] = head.split('\n')
  const [method = '', target = ''] = first.split(' ')
  const headers = Object.fromEntries(
    rest.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*: /, '')]),
  )
  return { method, target, headers, body, raw: `${[first, ...rest].join('\r\n')}\r\n\r\n${body}` }
}
