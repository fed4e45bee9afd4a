import type { ReplayOptions } from '../options.ts'
import { type Place, readText } from './file.ts'
import type { Hints } from './formats.ts'
import { createIntake, type Limits } from './intake.ts'
import type { Loading } from './loading.ts'
import { namesOf } from './names.ts'
import type { Recording } from './recording.ts'
import type { Spool } from './spool.ts'

/** What loading takes besides options. */
export type Loader = { spool: Spool; loading?: Loading; limits?: Limits }

/** Milliseconds between two looks at how far a file is read. */
const LOOK_EVERY = 100

const hintsOf = ({ file, symbol, device, zone, date, shift: anew }: ReplayOptions): Hints => {
  const names = namesOf(file)
  return {
    symbol: symbol ?? names.symbol,
    device: device ?? names.device,
    isOneDevice: device !== null,
    zone,
    date,
    anew,
  }
}

/** Reads and arranges the file that the options name; throws an error that says what is wrong with it. */
export const loadRecording = async (options: ReplayOptions, loader: Loader): Promise<Recording> => {
  const { spool, loading, limits } = loader
  const { file, format, maxPause } = options
  const intake = createIntake({ format, hints: hintsOf(options), spool, maxPause, ...(limits && { limits }) })
  const place: Place = { read: 0, size: 0 }
  const looking = setInterval(() => loading?.reading(place.read, place.size, intake.rows()), LOOK_EVERY)
  try {
    const cut = await readText(file, place, intake.write)
    clearInterval(looking)
    return intake.end(cut, loading?.ordering)
  } catch (error) {
    spool.close()
    const found = intake.format()
    const how = found === null ? 'cannot be replayed' : `cannot be read as ${found}`
    throw new Error(`${file} ${how}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    clearInterval(looking)
    loading?.end()
  }
}
