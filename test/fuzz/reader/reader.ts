import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseOptions } from '../../../simulators/options.ts'
import { loadRecording } from '../../../simulators/replay/run.ts'

export type ReadRequest = {
  /** The file's name and its bytes (latin1). */
  name: string
  bytes: string
  /** Further arguments of the command line. */
  flags: string[]
}
/** What came of reading a file: how many items, or why not; and the most memory that this process ever took, in MB. */
export type ReadReply = { items: number | null; error: string | null; isError: boolean; peakMb: number }

/** Reads recordings as `npm run simulate -- --replay` does, up to what is played. */
export const createReader = (folder: string) => ({
  read: async ({ name, bytes, flags }: ReadRequest): Promise<ReadReply> => {
    const path = join(folder, name)
    await writeFile(path, bytes, 'latin1')
    const reply = await readFile(path, flags)
    return { ...reply, peakMb: process.resourceUsage().maxRSS / 1024 }
  },
})

export type ReaderCalls = ReturnType<typeof createReader>

const readFile = async (path: string, flags: string[]): Promise<Omit<ReadReply, 'peakMb'>> => {
  try {
    const parsed = parseOptions(['--replay', path, ...flags], undefined, 60)
    if (parsed.kind !== 'run' || parsed.options.replay === null)
      return { items: null, error: parsed.kind === 'error' ? parsed.message : parsed.kind, isError: true }
    const { items } = await loadRecording(parsed.options.replay)
    return { items: items.length, error: null, isError: true }
  } catch (error) {
    return { items: null, error: String((error as Error)?.message ?? error), isError: error instanceof Error }
  }
}
