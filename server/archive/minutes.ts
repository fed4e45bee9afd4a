import { intervalStart } from '../../wire/candles.ts'
import { type Candle, MINUTE } from '../../wire/market.ts'
import { type Topic, topicPart } from '../../wire/topics.ts'
import { parseField, StrangeField, unlessStrange } from '../redis/rows.ts'
import { type PullPorts, readEach } from './pull.ts'

type Ports = Pick<PullPorts, 'ask' | 'unreadable' | 'rest'>

/** Minutes that one command asks for. */
const AT_ONCE = 500

const minutesOf = (topic: Topic): string => topicPart(topic, '1m')

/** The candles of these minutes as Redis has them now; those that it has not are left out. */
export const readTheseMinutes = async (ports: Ports, topic: Topic, starts: readonly number[]): Promise<Candle[]> => {
  const key = minutesOf(topic)
  const candles: Candle[] = []
  for (let i = 0; i < starts.length; i += AT_ONCE) {
    const texts = await ports.ask(key, 'hmget', ...starts.slice(i, i + AT_ONCE))
    candles.push(...(await readEach(ports, texts as (string | null)[], (text) => candleIn(ports, key, text))))
  }
  return candles
}

/** All that Redis has. */
export const readAllMinutes = async (ports: Ports, topic: Topic): Promise<Candle[]> => {
  const key = minutesOf(topic)
  const texts = (await ports.ask(key, 'hvals')) as string[]
  return readEach(ports, texts, (text) => candleIn(ports, key, text))
}

const NUMBERS = ['t', 'open', 'high', 'low', 'close', 'volume', 'count'] as const

const candleIn = ({ unreadable }: Ports, key: string, text: string | null): Candle[] => {
  const candle = unlessStrange(
    (why) => unreadable(key, why),
    () => {
      const read = parseField<Candle>(text, NUMBERS)
      if (read === null || isMinute(read)) return read
      throw new StrangeField(`holds ${text?.slice(0, 100)}`)
    },
  )
  return candle === null ? [] : [candle]
}

const isMinute = ({ t, first, last }: Candle): boolean =>
  t === intervalStart(t, MINUTE) && [first, last].every((key) => Array.isArray(key) && key.length === 2)
