import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseOptions, type ReplayOptions } from '../../../simulators/options.ts'
import { LIMITS, type Limits } from '../../../simulators/replay/intake.ts'
import { loadRecording } from '../../../simulators/replay/load.ts'
import { createSpool } from '../../../simulators/replay/spool.ts'

export type ReadRequest = {
  /** The file's name and its bytes (latin1). */
  name: string
  bytes: string
  /** Further arguments of the command line. */
  flags: string[]
}
/** What came of reading a file: all of its items, as a hash, or why there are none. */
export type Reading = { items: string | null; error: string | null; isError: boolean }
export type ReadReply = Reading & {
  /** The same file read in so little memory that it is sorted on disk. */
  again: Reading
  /** The most memory that this process ever took, in MB. */
  peakMb: number
}

const ON_DISK: Limits = { ...LIMITS, runBytes: 2000 }

/** Reads recordings as `npm run simulate -- --replay` does, up to what is played. */
export const createReader = (folder: string) => {
  const load = async (options: ReplayOptions, limits: Limits): Promise<Reading> => {
    try {
      const recording = await loadRecording(options, { spool: createSpool([folder]), limits })
      const hash = createHash('sha1').update(`${recording.total} ${recording.rows} `)
      for (const item of recording.items) hash.update(JSON.stringify(item))
      recording.close()
      return { items: hash.digest('hex'), error: null, isError: true }
    } catch (error) {
      return { items: null, error: String((error as Error)?.message ?? error), isError: error instanceof Error }
    }
  }
  return {
    read: async ({ name, bytes, flags }: ReadRequest): Promise<ReadReply> => {
      const path = join(folder, name)
      await writeFile(path, bytes, 'latin1')
      const parsed = parseOptions(
        ['--replay', path, ...flags],
        { redisUrl: undefined, floor: 'http://127.0.0.1:3000' },
        60,
      )
      const replay = parsed.kind === 'run' ? parsed.options.replay : null
      if (replay === null) throw new Error(parsed.kind === 'error' ? parsed.message : `no replay: ${parsed.kind}`)
      const first = await load(replay, LIMITS)
      const again = await load(replay, ON_DISK)
      return { ...first, again, peakMb: process.resourceUsage().maxRSS / 1024 }
    },
  }
}

export type ReaderCalls = ReturnType<typeof createReader>
