import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { onMessages } from '../../server/redis/messages.ts'
import { eventually } from '../support/eventually.ts'
import { noFaults } from '../support/faults.ts'
import { startSingleRedis } from '../support/redis.ts'

const COUNT = 500

test.for(['message', 'smessage'] as const)(
  'ioredis is spared every %s, and answers its commands between them',
  async (kind) => {
    const server = await startSingleRedis()
    const [publisher, subscriber] = [new Redis(server.url), new Redis(server.url, { lazyConnect: true })]
    try {
      const heard: string[] = []
      onMessages(subscriber, kind, (channel, text) => heard.push(`${channel} ${text}`), noFaults)
      let byIoredis = 0
      subscriber.on(kind, () => byIoredis++)
      await subscriber.connect()
      const [subscribe, publish] =
        kind === 'message' ? (['subscribe', 'publish'] as const) : (['ssubscribe', 'spublish'] as const)
      const large = 'x'.repeat(300_000)
      const texts = Array.from({ length: COUNT }, (_, i) => (i % 100 === 99 ? large : `é ${i}`))
      await subscriber[subscribe]('one', 'two')
      const sent = texts.map((text, i) => publisher[publish](i % 2 ? 'two' : 'one', text))
      const answers = await Promise.all(Array.from({ length: 50 }, () => subscriber.client('INFO')))
      await Promise.all(sent)
      await eventually('all are heard', async () => heard.length >= COUNT)
      const bytes = (text: string): string => Buffer.from(text).toString('latin1')
      expect(heard).toEqual(texts.map((text, i) => `${i % 2 ? 'two' : 'one'} ${bytes(text)}`))
      expect(answers.every((answer) => String(answer).includes('name='))).toBe(true)
      expect(byIoredis).toBe(0)

      // A new connection is a new stream.
      await publisher.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await eventually('it is subscribed again', async () => (await publisher[publish]('one', 'again')) === 1)
      await eventually('it is heard again', async () => heard.at(-1) === 'one again')
      expect(byIoredis).toBe(0)
    } finally {
      publisher.disconnect()
      subscriber.disconnect()
      await server.stop()
    }
  },
)
