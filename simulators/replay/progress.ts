/** Where people read. `write` takes text as it is to appear; `clock` is in milliseconds. */
export type Terminal = { isTerminal: boolean; write: (text: string) => void; clock: () => number }

/** Shows how far a replay is: one line that rewrites itself on a terminal, a line every few seconds elsewhere. */
export type Progress = { show: (played: number, t: number, wait: number) => void; end: () => void }

const EVERY = { terminal: 200, pipe: 3000 }
/** While nothing is played, a line of its own is written this often. */
const EVERY_PAUSED = 60_000
/** A shorter wait for the next row is not worth a word. */
const PAUSE = 3000

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** A span as people say it, by its two largest units: `7 h 59 min`. */
export const spanText = (milliseconds: number): string => {
  const rounded = Math.round(milliseconds / 1000) * 1000
  const largest = UNITS.findIndex(([, size]) => rounded >= size)
  const parts = UNITS.slice(largest, largest + 2).map(([unit, size], place) => {
    const above = UNITS[largest + place - 1]?.[1] ?? Number.POSITIVE_INFINITY
    return { unit, count: Math.floor((place === 0 ? rounded : rounded % above) / size) }
  })
  const told = parts.filter(({ count }) => count > 0).map(({ unit, count }) => `${count} ${unit}`)
  return told.join(' ') || '0 s'
}

/** A line that is written again and again, but no oftener than people can read. */
export const createLine = ({ isTerminal, write, clock }: Terminal) => {
  let shown = clock()
  return {
    /** Milliseconds since it was written. */
    since: () => clock() - shown,
    /** True where it was written; `every`: milliseconds between two times where it does not rewrite itself. */
    show: (textOf: () => string, every = EVERY.pipe): boolean => {
      if (clock() - shown < (isTerminal ? EVERY.terminal : every)) return false
      write(isTerminal ? `\r\u001B[K${textOf()}` : `${textOf()}\n`)
      shown = clock()
      return true
    },
    end: () => {
      if (isTerminal) write('\r\u001B[K')
    },
  }
}

export const createProgress = (total: number, terminal: Terminal): Progress => {
  const { show, since, end } = createLine(terminal)
  let counted = 0
  let paused = false
  const line = (played: number, t: number, wait: number) => {
    const percent = total === 0 ? 100 : Math.floor((100 * played) / total)
    const rate = Math.round((1000 * (played - counted)) / Math.max(1, since()))
    const at = new Date(t).toISOString().slice(0, 19).replace('T', ' ')
    const speed = wait < PAUSE ? `${rate.toLocaleString('en')}/s` : `next row in ${spanText(wait)}`
    return `${percent}% (${played.toLocaleString('en')} of ${total.toLocaleString('en')}), ${speed}, recorded ${at} UTC`
  }
  return {
    show: (played, t, wait) => {
      const isStill = paused && played === counted
      if (!show(() => line(played, t, wait), isStill ? EVERY_PAUSED : EVERY.pipe)) return
      counted = played
      paused = wait >= PAUSE
    },
    end,
  }
}
