import { get } from 'node:http'

/** Somebody who asks for /healthz ten times a second, as a balancer does: each time on a connection of its own. */
export type Bystander = {
  /** The delays since the last look (ms); one that was not answered counts as long as it was waited for. */
  look: () => { p50: number; p99: number }
  stop: () => void
}

const EVERY_MS = 100
const LIMIT_MS = 10_000

const ask = (port: number, done: (ms: number) => void): void => {
  const began = performance.now()
  const request = get({ host: '127.0.0.1', port, path: '/healthz', agent: false, timeout: LIMIT_MS }, (response) => {
    response.resume()
    response.once('end', () => done(response.statusCode === 200 ? performance.now() - began : LIMIT_MS))
  })
  request.once('timeout', () => request.destroy())
  request.once('error', () => done(LIMIT_MS))
}

export const openBystander = (port: number): Bystander => {
  let delays: number[] = []
  /** When each that is not answered yet was asked. */
  const under = new Set<number>()
  const timer = setInterval(() => {
    const began = performance.now()
    under.add(began)
    ask(port, (ms) => {
      if (under.delete(began)) delays.push(ms)
    })
  }, EVERY_MS)
  return {
    look: () => {
      const now = performance.now()
      const sorted = [...delays, ...[...under].map((began) => now - began)].sort((a, b) => a - b)
      delays = []
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
      return { p50: at(0.5), p99: at(0.99) }
    },
    stop: () => clearInterval(timer),
  }
}
