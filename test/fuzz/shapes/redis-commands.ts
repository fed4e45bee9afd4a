import fc from 'fast-check'
import { topicKey } from '../../../wire/topics.ts'
import { anyBytes, anyText, changed, oddNumber, toLatin1 } from './bytes.ts'
import { type Command, latin1Of, SCRATCH_KEYS, SCRATCH_TOPICS } from './commands.ts'
import { anyJson } from './json.ts'
import { WATCHED } from './requests.ts'

const BODIES = [
  '"trades":[{"id":7,"t":1767225600000,"price":100,"size":1}]',
  '"trades":[{"id":7,"t":1767225600000,"price":100,"size":1},{"id":8,"t":1767225660000,"price":1,"size":1}],"quote":null',
  '"quote":{"t":1767225600000,"bid":1,"bidSize":1,"ask":2,"askSize":1}',
  '"fixes":[{"id":"fuzz-1","n":1,"t":1767225600000,"lat":0.01,"lon":-179.99}]',
  '"left":[{"id":"fuzz-1","t":1767225600000,"n":1,"to":null}]',
  '"trades":5',
  '"trades":null',
  '"trades":[null]',
  '"trades":[{}]',
  '"trades":[[]]',
  '"fixes":5',
  '"fixes":[null]',
  '"left":{"length":3}',
  '"candles":[{"t":1}]',
  '"snapshot":5',
  '"quote":7',
]
const body = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...BODIES) },
  changed(fc.constantFrom(...BODIES), 2),
  fc
    .tuple(fc.constantFrom('trades', 'fixes', 'left', 'quote', 'candles', 'last', 'snapshot', '__proto__'), anyJson)
    .map(([field, json]) => toLatin1(`"${field}":${json}`)),
)
const at = fc.oneof(fc.constantFrom('1767225600000.123', '0'), oddNumber.map(toLatin1))

/** Stands for the epoch that a topic has when the update is sent, which nobody knows before. */
export const ANY_LIFE = 'any-life'

type Head = { topic: string; epoch: string; seq: number; after: string; at: string; body: string }
const updateText = ({ topic, epoch, seq, after, at, body }: Head): string =>
  `{"topic":"${latin1Of(topic)}","epoch":"${epoch}","seq":${seq}${after},"at":${at},${body}}`

/** An update as the library would publish it, with any body. */
const update = (topic: string, seq: fc.Arbitrary<number>): fc.Arbitrary<string> =>
  fc
    .record({
      topic: fc.constant(topic),
      epoch: fc.constantFrom(ANY_LIFE, ANY_LIFE, ANY_LIFE, ANY_LIFE, 'other', ''),
      seq,
      after: fc.constantFrom('', '', '', ',"after":0', ',"after":1', ',"after":-1', ',"after":99'),
      at,
      body,
    })
    .map(updateText)

/** A run of updates that follow each other. */
const publish = fc
  .constantFrom(...SCRATCH_TOPICS)
  .chain((topic) =>
    changed(update(topic, fc.constantFrom(2, 2, 2, 3, 3, 4, 1)), 1).map(
      (text): Command => ['PUBLISH', latin1Of(topicKey(topic)), text],
    ),
  )
const publishAnything = fc
  .tuple(
    fc.constantFrom(...SCRATCH_TOPICS),
    fc.oneof(anyBytes(300), anyText.map(toLatin1), fc.constant('x'.repeat(100_000))),
  )
  .map(([topic, text]): Command => ['PUBLISH', latin1Of(topicKey(topic)), text])
/**
 * About the topic that a witness watches: another life, or far ahead. Whoever may publish may lie in the next number,
 * which no node can tell; but from such as these it must come back to what Redis holds.
 */
const publishWatched = fc.oneof(
  update(`s:${WATCHED}`, fc.integer({ min: 2 ** 40, max: 2 ** 40 + 5 })).map(
    (text): Command => ['PUBLISH', topicKey(`s:${WATCHED}`), text],
  ),
  anyText.map((text): Command => ['PUBLISH', topicKey(`s:${WATCHED}`), toLatin1(text)]),
)

const key = fc.constantFrom(...SCRATCH_KEYS.map(latin1Of))
const FIELDS = [
  'epoch',
  'life',
  'seq',
  'last',
  'quote',
  'day',
  'prev',
  'seen',
  'since',
  'cell',
  'from',
  'heard',
  'doubt',
  'pace',
  'name',
  'x',
]
const value = fc.oneof(
  anyText.map(toLatin1),
  oddNumber.map(toLatin1),
  anyJson.map(toLatin1),
  anyBytes(40),
  fc.constantFrom('{}', '[]', 'null', '5', '{"t":1}', '{"t":"x","id":{}}'),
)
const write = fc.oneof(
  fc.tuple(key, fc.constantFrom(...FIELDS), value).map(([key, field, value]): Command => ['HSET', key, field, value]),
  fc.tuple(key, value, value).map(([key, field, value]): Command => ['HSET', key, field, value]),
  fc.tuple(key, value).map(([key, value]): Command => ['SET', key, value]),
  fc.tuple(key, value).map(([key, value]): Command => ['RPUSH', key, value]),
  fc.tuple(key, value).map(([key, value]): Command => ['ZADD', key, '1', value]),
  fc.tuple(key, value).map(([key, value]): Command => ['SADD', key, value]),
  fc.tuple(key, value, value).map(([key, field, value]): Command => ['XADD', key, '*', field, value]),
  fc.tuple(key, value).map(([key, value]): Command => ['XADD', key, '5-0', 'u', value]),
  key.map((key): Command => ['DEL', key]),
  value.map((value): Command => ['HSET', 'wf:{symbols}', value, value]),
  fc
    .tuple(fc.constantFrom('FUZZ-1', 'FUZZ-2', 'F{', '"'), value)
    .map(([name, value]): Command => ['HSET', 'wf:{symbols}', name, value]),
)
/** Bytes of whole keys replaced: a field of another type is one thing, a key of another the other. */
const replaced = fc.tuple(key, write).map(([key, [name = '', , ...rest]]): Command => [name, key, ...rest])

/** What a feed gone wrong, or anybody who has Redis, could do. */
export const redisCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: publish },
  { weight: 1, arbitrary: publishAnything },
  { weight: 2, arbitrary: publishWatched },
  { weight: 5, arbitrary: write },
  { weight: 1, arbitrary: replaced },
  fc
    .tuple(key, value)
    .map(
      ([key, value]): Command => [
        'FCALL',
        'wf1_market',
        '4',
        key,
        `${key}:log`,
        `${key}:1m`,
        `${key}:seen`,
        'T',
        '9',
        '1767225600000',
        '1',
        '1',
        value,
      ],
    ),
)
