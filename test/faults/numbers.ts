import type { Reader } from '../support/readers/reader.ts'

/** How many numbers of topics a reader got in more than one epoch. */
export const givenTwice = (reader: Reader | undefined): number => {
  const epochs = new Map<string, Set<string>>()
  for (const key of reader?.journal.contents.keys() ?? []) {
    const [topic = '', epoch = '', seq = ''] = key.split('/')
    const known = epochs.get(`${topic}/${seq}`) ?? new Set()
    epochs.set(`${topic}/${seq}`, known.add(epoch))
  }
  return [...epochs.values()].filter(({ size }) => size > 1).length
}
