import { connect } from 'node:net'

export type Words = readonly (string | number)[]

/** A connection to Redis that hardly costs anything: commands out, replies counted. */
export type Wire = {
  /** Queues a command; `flush` sends all that are queued. */
  add: (words: Words) => void
  flush: () => void
  /** Resolves when every command was answered. Rejects with the first error that Redis answered. */
  settled: () => Promise<void>
  close: () => void
}

const encode = (words: Words): string => {
  let text = `*${words.length}\r\n`
  for (const word of words) {
    const value = String(word)
    text += `$${value.length}\r\n${value}\r\n`
  }
  return text
}

const MARK = 'bench-settled'

/** Connects by a URL `redis://:password@host:port`; words must be ASCII. */
export const openWire = async (url: string): Promise<Wire> => {
  const { hostname, port, password } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let queued = ''
  let failure: Error | null = null
  let marks = 0
  let wake = (): void => {}
  socket.on('data', (data) => {
    const text = data.toString('latin1')
    const error = /(?:^|\n)-([^\r]*)/.exec(text)
    if (error) failure ??= new Error(`Redis answered: ${error[1]}`)
    if (text.includes(MARK)) marks++
    wake()
  })
  socket.on('error', (error) => {
    failure ??= error
    wake()
  })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const flush = (): void => {
    if (queued !== '') socket.write(queued, 'latin1')
    queued = ''
  }
  if (password) queued += encode(['AUTH', password])
  return {
    add: (words) => {
      queued += encode(words)
    },
    flush,
    settled: async () => {
      const before = marks
      queued += encode(['ECHO', MARK])
      flush()
      while (marks === before && failure === null) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (failure !== null) throw failure
    },
    close: () => void socket.destroy(),
  }
}
