import { hostname } from 'node:os'
import { startNode } from './app.ts'
import { readConfig } from './config.ts'
import { createLog, secretsOf, secretsOfUrl } from './log.ts'

const fail = (error: unknown): never => {
  process.stderr.write(`watchfloor: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

try {
  const config = readConfig(process.env)
  const name = config.NODE_NAME ?? `${hostname()}-${process.pid}`
  const secrets = [
    ...secretsOf(config.REDIS_URL),
    ...[config.MQTT_URL, config.GTFS_URL, config.ARCHIVE_URL].flatMap(secretsOfUrl),
  ]
  // Whoever reads the log may go, and the node goes on. Pino's own stream was seen to try a last line again for ever,
  // which kept a node from ending.
  process.stdout.on('error', () => {})
  const options = { node: name, level: config.LOG_LEVEL, secrets, now: () => performance.now() }
  const { log, lines } = createLog(options, process.stdout)
  // A library's promise that nobody listens to must not end the node and all its clients with it.
  let caught = (reason: unknown): void =>
    log.error({ reason: String(reason) }, 'A promise was rejected and nothing handled it')
  process.on('unhandledRejection', (reason) => caught(reason))
  const node = await startNode(config, name, { log, lines })
  caught = node.caught
  // The last net: until here a fault ends the node, with the remedy; from here on it must not cost clients anything.
  process.on('uncaughtException', node.caught)
  log.info({ url: node.url }, 'Watchfloor node is ready')
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      node.stop().then(() => process.exit(0), fail)
    })
} catch (error) {
  fail(error)
}
