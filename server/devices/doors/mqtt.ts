import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt'
import type { Open } from '../../by-lease.ts'
import type { Faults } from '../../faults.ts'
import { type Acks, createAcks } from './mqtt-acks.ts'
import type { BrokerFormat, ForBroker } from './mqtt-format.ts'
import { type BrokerMessage, createMqttTake, type MqttTakePorts } from './mqtt-take.ts'

export type MqttPorts = MqttTakePorts & {
  /** With user and password, where the broker wants them: never to be logged. */
  url: string
  connect: (options: IClientOptions) => MqttClient
  faults: Faults
}

export type Broker = Open & {
  /** Whether the broker can be reached. */
  isUp: () => boolean
}

/** Messages that are not acknowledged, as told to the broker; and those that are worked on, acknowledged or not. */
const RECEIVE_MAXIMUM = 100
const MOST_AT_ONCE = 200
/** The largest message that the broker may send, in bytes. */
const MOST_BYTES = 256 * 1024
/** Commands that the broker has not acknowledged; more wait for the next sign of life. */
const MOST_PUBLISHED = 1000
/** The broker keeps what it has for us for so long after it has lost us, in seconds. */
const SESSION_S = 86_400
const RECONNECT_MS = 2000
const CLIENT_ID = 'watchfloor'

/**
 * How the broker knows us. All nodes are one client, of which the broker keeps what comes while none is connected: with
 * a client a node and a shared subscription, it would keep a part of all messages for a node that is gone.
 */
const optionsOf = (url: string): IClientOptions => {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url)
  return {
    protocol: protocol === 'mqtts:' ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { port: Number(port) }),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    protocolVersion: 5,
    clientId: searchParams.get('clientId') ?? CLIENT_ID,
    clean: false,
    resubscribe: false,
    reconnectPeriod: RECONNECT_MS,
    reconnectOnConnackError: true,
    keepalive: 30,
    properties: {
      sessionExpiryInterval: SESSION_S,
      receiveMaximum: RECEIVE_MAXIMUM,
      maximumPacketSize: MOST_BYTES,
    },
  }
}

/** Connects to the broker, again and again. A message is acknowledged once Redis has it. */
export const openBroker = (ports: MqttPorts): Broker => {
  const { url, connect, faults, formats } = ports
  let isClosed = false
  const client = connect(optionsOf(url))
  const link = followLink(client, ports, () => isClosed)
  const take = createMqttTake(ports, () => isClosed)
  const publish = createPublish(client, ports)
  client.on(
    'connect',
    faults.guard('device.broker', () => subscribe(client, formats, ports)),
  )
  const acks = createAcks(() => (client.connected && !isClosed ? client.stream : null))
  receive(client, acks, faults, async (message) => {
    for (const each of await take(message)) publish(each)
  })
  return {
    isUp: link.isUp,
    close: async () => {
      isClosed = true
      await client.endAsync(true)
    },
  }
}

/** Tells once that the broker is away, and once that it is back. */
const followLink = (client: MqttClient, { log, faults, url }: MqttPorts, isClosed: () => boolean) => {
  const broker = new URL(url).host
  let state: 'new' | 'up' | 'down' = 'new'
  let reason = 'it closed the connection'
  const up = (): void => {
    log.info({ broker }, 'The MQTT broker is connected')
    state = 'up'
  }
  const down = (): void => {
    if (state !== 'down' && !isClosed()) log.warn({ broker, reason }, 'The MQTT broker is away; trying again and again')
    state = 'down'
  }
  const note = (error: Error): void => {
    reason = error.message
  }
  client.on('connect', faults.guard('device.broker', up))
  client.on('close', faults.guard('device.broker', down))
  client.on('error', faults.guard('device.broker', note))
  return { isUp: () => state === 'up' }
}

/** What the broker has kept for these topics is sent only where it did not know us. */
const subscribe = (client: MqttClient, formats: readonly BrokerFormat[], { log, faults }: MqttPorts): void => {
  const topics = formats.map(({ topics: each }) => each)
  const done = faults.guard('device.broker', (error: Error | null, granted: readonly { qos: number }[] = []) => {
    // A quality of service beyond 2 is a refusal.
    if (!error && granted.every(({ qos }) => qos <= 2)) return
    log.error({ topics, reason: error?.message }, 'The MQTT broker refuses to tell what devices publish')
  })
  client.subscribe(topics, { qos: 1, rh: 1 }, done)
}

/** Why the client must not acknowledge a message itself: that is done once Redis has it. */
const LATER = new Error('acknowledged later')

/**
 * Has messages taken, many at once, as they come. Those that the broker keeps until then are acknowledged in order; while
 * too many are under way nothing more is read.
 */
const receive = (
  client: MqttClient,
  acks: Acks,
  faults: Faults,
  take: (message: BrokerMessage) => Promise<void>,
): void => {
  let underWay = 0
  let goOn: (() => void) | null = null
  const finish = (acknowledge: () => void): void => {
    underWay--
    acknowledge()
    const held = goOn
    goOn = null
    held?.()
  }
  const work = async (message: BrokerMessage, acknowledge: () => void): Promise<void> => {
    await take(message)
    finish(acknowledge)
  }
  // One that cannot be taken must not stand in the way of all that came after it.
  const start = faults.guard('device.broker', work, (_error, _message, acknowledge) => finish(acknowledge))
  client.handleMessage = ({ qos, messageId, topic, payload, retain }: IPublishPacket, done) => {
    const next = (): void => done(qos === 0 ? undefined : LATER)
    const isFull = ++underWay >= MOST_AT_ONCE
    if (isFull) goOn = next
    const acknowledge = qos === 0 ? () => {} : acks.begin(client.stream, messageId ?? 0)
    start({ topic, text: payload.toString(), isOld: retain }, acknowledge)
    if (!isFull) next()
  }
}

/** So long a broker may keep a command for a device that does not take it just now, in seconds. */
const BROKER_KEEPS_S = 10

/** Publishes what is for devices. What does not get through is sent again when the device is heard next. */
const createPublish = (client: MqttClient, { faults, now }: MqttPorts) => {
  let underWay = 0
  const done = faults.guard('device.broker', () => {
    underWay--
  })
  return ({ topic, payload, until }: ForBroker): void => {
    // What a broker keeps would be given much later, whatever then holds of the device. It is published again.
    const left = Math.min(Math.floor((until - now()) / 1000), BROKER_KEEPS_S)
    if (!client.connected || underWay >= MOST_PUBLISHED || left <= 0) return
    underWay++
    client.publish(topic, payload, { qos: 1, properties: { messageExpiryInterval: left } }, done)
  }
}
