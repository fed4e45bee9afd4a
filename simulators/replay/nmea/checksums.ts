import type { Sentence } from '../../../formats/nmea/sentence.ts'
import type { Collector } from '../collect.ts'
import type { Backlog } from './backlog.ts'

/** Passes on sentences that are not damaged. */
export type Checksums = { take: (sentence: Sentence) => void; end: () => void }

/**
 * Leaves out sentences whose checksum is wrong. Where sentences stand in TAG blocks and no checksum of the whole log
 * holds, whoever wrote the blocks changed the sentences and left their checksums as they were: these tell nothing then.
 * So from the first of these on, all wait in `backlog` for a checksum that holds, or for the end.
 */
export const createChecksums = (
  collector: Collector,
  backlog: Backlog<Sentence>,
  give: (sentence: Sentence) => void,
): Checksums => {
  let sumsTell = false
  const judge = (sentence: Sentence) => {
    const { sum, isTagged, row, line } = sentence
    if (sum !== false) give(sentence)
    else if (sumsTell || !isTagged) collector.skip('the checksum is wrong', row, line)
    else {
      collector.note('no checksum of this log holds, so they were not looked at', row, line)
      give(sentence)
    }
  }
  const release = () => {
    for (const sentence of backlog.take()) judge(sentence)
  }
  return {
    take: (sentence) => {
      if (sentence.sum === true && !sumsTell) {
        sumsTell = true
        release()
      }
      const isDoubtful = sentence.sum === false && sentence.isTagged && !sumsTell
      if (isDoubtful || !backlog.isEmpty()) backlog.add(sentence)
      else judge(sentence)
    },
    end: release,
  }
}
