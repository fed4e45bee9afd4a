import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { ReadyReply } from '../wire/api.ts'
import type { Notice } from '../wire/protocol.ts'
import { type Topic, topicKind } from '../wire/topics.ts'
import type { Config } from './config.ts'
import { startSweeper } from './fleet/sweeper.ts'
import { readTrack } from './fleet/track.ts'
import { coverView } from './fleet/view.ts'
import { createApp } from './http/app.ts'
import { createConflate } from './live/conflate.ts'
import { createDemand } from './live/demand.ts'
import { createFlusher } from './live/flusher.ts'
import type { ReadTopic } from './live/ports.ts'
import { wireError } from './live/requests.ts'
import { openSession, type Session } from './live/session.ts'
import { readCandles } from './market/candles.ts'
import { createSymbolList } from './market/symbols.ts'
import { mergeUpdates } from './merge.ts'
import { createMetrics } from './metrics.ts'
import { openLink } from './redis/link.ts'
import { createReader, emptySnapshot, readCursors } from './redis/read.ts'
import { listen, type NodeServer } from './sockets.ts'
import { type NodeStats, sumUp } from './stats.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const DASHBOARD = fileURLToPath(new URL('../dist/web', import.meta.url))
const SWEEP_EVERY_MS = 30_000
const CAPS = { backlogBytes: 256 * 1024, waitingBytes: 2 * 1024 * 1024, stalledMs: 10_000 }
const DRAIN_MS = 250
const RECONNECT_SPREAD_MS = 2000

export type RunningNode = { url: string; stop: () => Promise<void> }

/** Composes a node and starts it; throws, with the remedy, where it cannot start. */
export const startNode = async (config: Config, name: string, log: Logger): Promise<RunningNode> => {
  const sessions = new Set<Session>()
  let draining = false
  const tellAll = (notice: () => Notice): void => {
    for (const session of sessions) session.notify(notice())
  }
  let server: NodeServer | undefined

  const metrics = createMetrics({
    clients: () => sessions.size,
    topics: () => [...demand.topics()].length,
    watches: () => [...sessions].reduce((sum, { watches }) => sum + watches.size(), 0),
    redis_up: () => Number(link.isUp()),
  })
  const link = await openLink(config.REDIS_URL, log, {
    down: () => tellAll(() => ({ kind: 'redis_down' })),
    up: () => {
      demand.recoverAll()
      tellAll(() => ({ kind: 'redis_up' }))
    },
  })
  const demand = createDemand(
    {
      channels: link.channels,
      read: logged(createReader(link.command), log),
      empty: emptySnapshot,
      count: metrics.count,
    },
    config.LINGER_MS,
  )
  const flusher = createFlusher({
    share: config.FLUSH_SHARE,
    minMs: config.FLUSH_MIN_MS,
    maxMs: config.FLUSH_MAX_MS,
    flushed: (took, wait) => {
      metrics.flushTook(took)
      link.channels.rest(wait)
    },
  })
  const conflate = createConflate(mergeUpdates)
  const own = (): NodeStats => ({ node: name, clients: sessions.size, watchers: [...demand.topics()] })
  const ready = (): ReadyReply => {
    const up = link.isUp()
    return { ready: up && !draining, redis: up ? 'up' : 'down', draining, node: name }
  }
  const tiles = config.TILES_URL === 'none' ? null : { url: config.TILES_URL, attribution: config.TILES_ATTRIBUTION }
  const app = createApp({
    api: {
      config: { node: name, version, tiles },
      symbols: createSymbolList(link.command, Date.now),
      candles: (symbol, interval, limit, before) => readCandles(link.command, symbol, interval, limit, before),
      track: (id, limit, since) => readTrack(link.command, id, limit, since),
      stats: async () => sumUp([own(), ...((await server?.others()) ?? [])]),
    },
    ready,
    metrics: metrics.text,
    dashboard: DASHBOARD,
    log,
  })

  const http = createServer(app)
  server = await listen(http, config, link.command, log, own, (socket) => {
    const session = openSession(
      socket,
      { ...CAPS, topics: config.MAX_WATCHES, requestsPerSecond: config.MAX_REQUESTS },
      {
        demand,
        flusher,
        conflate,
        count: metrics.count,
        now: Date.now,
        hello: () => ({ node: name, version, at: Date.now(), heartbeatMs: config.HEARTBEAT_MS }),
        cover: coverView,
        named: (topic) => topicKind(topic) !== 'c',
        missing: (topic: Topic) => wireError(topicKind(topic) === 's' ? 'unknown_symbol' : 'unknown_device'),
      },
    )
    sessions.add(session)
    if (!link.isUp()) session.notify({ kind: 'redis_down' })
    socket.on('disconnect', () => {
      sessions.delete(session)
      session.close()
    })
  }).catch(async (error) => {
    await link.close()
    throw error
  })

  // Twice a heartbeat: what is lacking at two comparisons in a row is lost, and so found within one.
  const verifying = setInterval(() => {
    if (link.isUp()) demand.verify(readCursors(link.command)).catch(() => {})
  }, config.HEARTBEAT_MS / 2)
  const stopSweeper = startSweeper(
    link.command,
    name,
    { reapAfterMs: config.REAP_AFTER_S * 1000, everyMs: SWEEP_EVERY_MS },
    log,
  )
  const { address, port, family } = http.address() as AddressInfo

  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stop: async () => {
      draining = true
      clearInterval(verifying)
      stopSweeper()
      tellAll(() => ({ kind: 'shutdown', reconnectMs: Math.round(Math.random() * RECONNECT_SPREAD_MS) }))
      await new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
      flusher.close()
      await server?.close()
      demand.close()
      await link.close()
      log.info('Watchfloor node has stopped')
    },
  }
}

/** Clients are told `unavailable` where a read fails; why, is for the log. */
const logged =
  (read: ReadTopic, log: Logger): ReadTopic =>
  (topic, after) =>
    read(topic, after).catch((error) => {
      log.debug({ topic, reason: String(error) }, 'A topic could not be read')
      throw error
    })
