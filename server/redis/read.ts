import { topicKey } from '../../wire/topics.ts'
import { serverKindOf } from '../kinds/kinds.ts'
import type { ReadResult, ReadTopic } from '../live/ports.ts'
import type { Commands } from './deployment.ts'

/**
 * Reads topics by the function library's readers, each call atomic. Texts are bytes (latin1), as they go to clients.
 */
export const createReader =
  (redis: Commands): ReadTopic =>
  async (topic, after) => {
    const { name, parts } = serverKindOf(topic).reader
    const key = topicKey(topic)
    const keys = [key, ...parts.map((part) => `${key}:${part}`)]
    const reply = await redis.callBuffer('FCALL_RO', name, keys.length, ...keys, after?.epoch ?? '', after?.seq ?? '')
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
