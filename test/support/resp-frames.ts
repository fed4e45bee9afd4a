const CRLF = '\r\n'

/**
 * Where the RESP value that starts at `from` ends; -1 where the bytes (latin1) do not hold all of it. Source: the RESP
 * specification.
 */
export const valueEnd = (bytes: string, from: number): number => {
  const lineEnd = bytes.indexOf(CRLF, from)
  if (lineEnd < 0) return -1
  const next = lineEnd + CRLF.length
  const kind = bytes[from] ?? ''
  const count = Number(bytes.slice(from + 1, lineEnd))
  if ('$=!'.includes(kind))
    return count < 0 ? next : next + count + CRLF.length <= bytes.length ? next + count + CRLF.length : -1
  if (!'*>~%'.includes(kind)) return next
  let at = next
  for (let left = kind === '%' ? count * 2 : count; left > 0 && at >= 0; left--)
    at = at < bytes.length ? valueEnd(bytes, at) : -1
  return at
}

const MESSAGE = /^[*>]3\r\n\$7\r\nmessage\r\n\$\d+\r\n(.*)\r\n\$\d+\r\n/

/** The channel and text of a value that is a message of pub/sub, else null. */
export const messageOf = (value: string): { channel: string; text: string } | null => {
  const match = MESSAGE.exec(value)
  return match ? { channel: match[1] ?? '', text: value.slice(match[0].length, -CRLF.length) } : null
}
