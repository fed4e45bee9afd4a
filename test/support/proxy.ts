import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { messageOf, valueEnd } from './resp-frames.ts'

/** How many times a message of pub/sub goes on: 0 loses it, 2 repeats it. */
export type Copies = (message: { channel: string; text: string }) => number

/** A TCP proxy in front of Redis, in this process, which can do what networks do. */
export type RedisProxy = {
  /** Redis's address through the proxy. */
  url: string
  /** Ends all connections and takes no new ones, until `heal`. */
  cut: () => void
  /**
   * Half-open, until `heal`: open connections (of that client name, where one is given) stay open and nothing comes
   * through any more, ever; new ones are taken and silent.
   */
  silence: (name?: string) => void
  /** Everything comes so many milliseconds later, until `heal`. */
  slow: (ms: number) => void
  /** Loses and repeats messages of pub/sub, until `heal`. */
  garble: (copies: Copies) => void
  heal: () => void
  /** Connections that were taken so far. */
  taken: () => number
  close: () => Promise<void>
}

type Pair = { client: Socket; server: Socket; name: string; dead: boolean }

const NAME = /watchfloor-(\w+)/

export const startProxy = async (redisUrl: string): Promise<RedisProxy> => {
  const { hostname, port } = new URL(redisUrl)
  const pairs = new Set<Pair>()
  let refusing = false
  let silenced: RegExp | null = null
  let delay = 0
  let copies: Copies | null = null
  let taken = 0

  const end = (pair: Pair): void => {
    pairs.delete(pair)
    pair.client.destroy()
    pair.server.destroy()
  }
  const isDead = (pair: Pair): boolean => {
    if (silenced?.test(pair.name)) pair.dead = true
    return pair.dead
  }
  /** One direction of a pair. What is late stays ahead of what comes after it, also once that is not late any more. */
  const way = (pair: Pair, to: Socket): ((data: string) => void) => {
    const late: { data: string; due: number }[] = []
    const write = (data: string): void => void (!isDead(pair) && to.writable && to.write(data, 'latin1'))
    const next = (): void => {
      const now = performance.now()
      while (late[0] && late[0].due <= now) write(late.shift()?.data ?? '')
      if (late[0]) setTimeout(next, late[0].due - now)
    }
    return (data) => {
      if (delay === 0 && late.length === 0) return write(data)
      const due = Math.max(performance.now() + delay, late.at(-1)?.due ?? 0)
      if (late.push({ data, due }) === 1) setTimeout(next, due - performance.now())
    }
  }

  /** Values are passed whole, so that a message can be lost without breaking the stream. */
  const splitter = (pair: Pair) => {
    const pass = way(pair, pair.client)
    let rest = ''
    return (data: Buffer): void => {
      rest += data.toString('latin1')
      let from = 0
      let out = ''
      for (let to = valueEnd(rest, from); to > 0; to = from < rest.length ? valueEnd(rest, from) : -1) {
        const value = rest.slice(from, to)
        const message = copies && messageOf(value)
        out += message && copies ? value.repeat(copies(message)) : value
        from = to
      }
      rest = rest.slice(from)
      if (out !== '') pass(out)
    }
  }

  const server = createServer((client) => {
    taken++
    if (refusing) {
      client.destroy()
      return
    }
    const pair: Pair = {
      client,
      server: connect({ host: hostname, port: Number(port), noDelay: true }),
      name: '',
      dead: false,
    }
    pairs.add(pair)
    client.setNoDelay(true)
    for (const socket of [client, pair.server]) socket.on('error', () => {}).on('close', () => end(pair))
    const pass = way(pair, pair.server)
    client.on('data', (data) => {
      const text = data.toString('latin1')
      pair.name ||= NAME.exec(text)?.[1] ?? ''
      pass(text)
    })
    pair.server.on('data', splitter(pair))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(redisUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)

  return {
    url: url.href,
    cut: () => {
      refusing = true
      for (const pair of pairs) end(pair)
    },
    silence: (name = '') => {
      silenced = new RegExp(name)
      for (const pair of pairs) isDead(pair)
    },
    slow: (ms) => {
      delay = ms
    },
    garble: (rule) => {
      copies = rule
    },
    heal: () => {
      refusing = false
      silenced = null
      delay = 0
      copies = null
    },
    taken: () => taken,
    close: async () => {
      for (const pair of pairs) end(pair)
      server.close()
    },
  }
}
