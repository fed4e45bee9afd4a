import { ACCESS, topicPart } from '../../wire/topics.ts'
import { recordEntry } from '../people/rows.ts'
import type { Pulled, PullPorts } from './pull.ts'

const KEY = topicPart(ACCESS, 'record')
/** Its lines have numbers of their own, which go on whatever else happens in the topic. */
const EPOCH = 'record'
/** Lines of one page. */
const MOST = 500

/** Lines of the record after number `after`; null for none. */
export const pullRecord = async ({ ask }: Pick<PullPorts, 'ask'>, after: number): Promise<Pulled | null> => {
  const lines = (await ask(KEY, 'xrange', after + 1, '+', 'COUNT', MOST)) as [string, string[]][]
  const last = lines.at(-1)
  if (last === undefined) return null
  const record = lines.flatMap((line) => recordEntry(line) ?? [])
  const cursor = { epoch: EPOCH, seq: Number.parseInt(last[0], 10) }
  return { rows: { record }, cursor, more: lines.length === MOST, times: null }
}
