import { randomBytes } from 'node:crypto'
import { eventually } from './eventually.ts'
import { type Deployment, dataSettings, deploy } from './redis-deployment.ts'
import { type Member, order } from './redis-member.ts'
import { type TestRedis, wholeOf } from './redis-whole.ts'

/** A primary, two replicas, and three sentinels that fail over by a majority. */
export type SentinelRedis = TestRedis & {
  mode: 'sentinel'
  /** The three servers with data, the first primary first. */
  members: readonly Member[]
  sentinels: readonly Member[]
  /** The primary, by the word of the first sentinel that answers: the old one until the sentinels have made another. */
  primary: () => Promise<Member>
}

/** How long a primary must not answer before a sentinel holds it for dead. */
export const DOWN_AFTER_MS = 2000
/** After a failover that came to nothing, the next is tried after twice this. */
const FAILOVER_TIMEOUT_MS = 3000
/**
 * How often sentinels ask and tell (ms): they would ask servers for their roles each 10 s, tell each other what they
 * know each 2 s, and leave a primary that came back alone for four times that. A sentinel that is restarted has
 * forgotten this.
 */
const PACE = 'SENTINEL DEBUG info-period 1000 publish-period 500'
const QUORUM = 2
const NAME = 'floor'

const startData = async (deployment: Deployment, settings: readonly string[]): Promise<Member[]> => {
  const common = [...dataSettings(deployment.password), ...settings]
  const [primary, ...replicas] = await Promise.all([deployment.port(), deployment.port(), deployment.port()])
  const start = (name: string, port: number, more: string[]): Promise<Member> =>
    deployment.start({ name, port, settings: [...common, ...more] })
  const first = await start('primary-1', primary, []) // a replica that finds no primary yet waits a second
  const followers = replicas.map((port, i) => start(`replica-${i + 1}`, port, [`replicaof 127.0.0.1 ${primary}`]))
  return [first, ...(await Promise.all(followers))]
}

/**
 * Sentinels that know each other and the replicas from the start, which they would otherwise learn in the course of ten
 * seconds.
 */
const startSentinels = async (deployment: Deployment, [primary, ...replicas]: Member[]): Promise<Member[]> => {
  const { password } = deployment
  const peers = await Promise.all(
    [1, 2, 3].map(async (n) => ({
      name: `sentinel-${n}`,
      id: randomBytes(20).toString('hex'),
      port: await deployment.port(),
    })),
  )
  return Promise.all(
    peers.map((own) => {
      const others = peers.filter((peer) => peer !== own)
      const settings = [
        `sentinel sentinel-pass ${password}`,
        `sentinel myid ${own.id}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${primary?.port} ${QUORUM}`,
        `sentinel auth-pass ${NAME} ${password}`,
        `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
        `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT_MS}`,
        `sentinel parallel-syncs ${NAME} 2`,
        ...replicas.map(({ port }) => `sentinel known-replica ${NAME} 127.0.0.1 ${port}`),
        ...others.map(({ port, id }) => `sentinel known-sentinel ${NAME} 127.0.0.1 ${port} ${id}`),
      ]
      return deployment.start({ name: own.name, port: own.port, sentinel: true, settings })
    }),
  )
}

/** Whether a sentinel sees everyone, could fail over, and knows which replicas to choose from. */
const sees = async (sentinel: Member): Promise<boolean> => {
  const [quorum, replicas] = [
    await sentinel.ask(`SENTINEL CKQUORUM ${NAME}`),
    await sentinel.ask(`SENTINEL REPLICAS ${NAME}`),
  ]
  return quorum.includes('OK 3 usable') && replicas.split('master-link-status\r\n$2\r\nok').length === 3
}

const following = (members: readonly Member[]): Promise<unknown> =>
  eventually('two replicas follow a primary', async () => {
    const said = await Promise.all(members.map((member) => member.ask('INFO replication')))
    return said.some((text) => text.match(/state=online/g)?.length === 2)
  })

/**
 * Starts them; resolves when the replicas follow and every sentinel could fail over. `settings`: lines for the servers
 * with data.
 */
export const startSentinelRedis = (settings: readonly string[] = []): Promise<SentinelRedis> =>
  deploy(async (deployment) => {
    const members = await startData(deployment, settings)
    await following(members)
    const sentinels = await startSentinels(deployment, members)
    const whole = async (): Promise<void> => {
      await following(members)
      for (const sentinel of sentinels) await eventually('the sentinels see everyone', () => sees(sentinel))
    }
    for (const sentinel of sentinels) await order(sentinel, PACE)
    await whole()

    const primary = async (): Promise<Member> => {
      for (const sentinel of sentinels) {
        const reply = await sentinel.ask(`SENTINEL GET-MASTER-ADDR-BY-NAME ${NAME}`)
        const port = Number(/127\.0\.0\.1\r\n\$\d+\r\n(\d+)/.exec(reply)?.[1])
        const member = members.find((each) => each.port === port)
        if (member) return member
      }
      throw new Error('no sentinel knows a primary')
    }
    const { password } = deployment
    const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const url = `redis+sentinel://:${password}@${hosts}/${NAME}?sentinelPassword=${password}`
    return {
      ...wholeOf([...members, ...sentinels], whole),
      // Sentinels sleep first and wake last: they would take servers that wake a moment later for dead.
      pause: async () => {
        for (const member of [...sentinels, ...members]) member.pause()
      },
      resume: async () => {
        for (const member of members) member.resume()
        await following(members)
        for (const sentinel of sentinels) sentinel.resume()
      },
      mode: 'sentinel',
      url,
      members,
      sentinels,
      primary,
      client: () => deployment.connect(url),
      server: async () => ({ host: '127.0.0.1', port: (await primary()).port, password }),
      stop: deployment.stop,
    }
  })
