import { wordsOf } from '../../redis/call.ts'
import { type Topic, type TopicKind, topicKey, topicKind, topicPart } from '../../wire/topics.ts'
import type { ReadResult, ReadTopic } from '../live/ports.ts'
import type { Commands } from './deployment.ts'

const READERS = {
  s: {
    name: 'wf1_read_symbol',
    parts: ['log', '1m'],
    empty: '{"last":null,"quote":null,"day":null,"prev":null,"candle":null}',
  },
  c: { name: 'wf1_read_cell', parts: ['fix'], empty: '{"fixes":[]}' },
  d: { name: 'wf1_read_device', parts: ['track'], empty: '{"last":null,"cell":null}' },
} as const satisfies Record<
  TopicKind,
  { name: string; parts: readonly Parameters<typeof topicPart>[1][]; empty: string }
>

/** The snapshot (JSON) of a topic that does not exist. */
export const emptySnapshot = (topic: Topic): string => READERS[topicKind(topic)].empty

/** Reads topics by the function library's readers, each call atomic. Texts are bytes as latin1, as they go to clients. */
export const createReader =
  (redis: Commands): ReadTopic =>
  async (topic, after) => {
    const { name, parts } = READERS[topicKind(topic)]
    const keys = [topicKey(topic), ...parts.map((part) => topicPart(topic, part))]
    const words = wordsOf({ name, keys, args: [after?.epoch ?? '', after?.seq ?? ''] })
    const reply = await redis.callBuffer('FCALL_RO', ...words)
    return toResult(reply as Reply)
  }

type Reply = [kind: Buffer, at: Buffer, epoch: Buffer, seq: number, body: Buffer | Buffer[]]

const toResult = (reply: Reply): ReadResult => {
  const kind = latin1(reply[0])
  if (kind === 'missing') return { kind }
  const [, at, epoch, seq, body] = reply
  const head = { at: latin1(at), cursor: { epoch: latin1(epoch), seq } }
  if (Array.isArray(body)) return { kind: 'replay', ...head, updates: body.map(latin1) }
  if (kind === 'current') return { kind, ...head }
  if (kind === 'snapshot') return { kind, ...head, snapshot: latin1(body) }
  throw new Error(`The function library answered "${kind}"`)
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1')
