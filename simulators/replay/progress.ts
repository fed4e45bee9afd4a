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

/** `write` takes text as it is to appear; `clock` is in milliseconds. */
export const createProgress = (
  total: number,
  terminal: boolean,
  write: (text: string) => void,
  clock: () => number,
): Progress => {
  let shown = clock()
  let counted = 0
  let paused = false
  const line = (played: number, t: number, wait: number, now: number) => {
    const percent = total === 0 ? 100 : Math.floor((100 * played) / total)
    const rate = Math.round((1000 * (played - counted)) / Math.max(1, now - shown))
    const at = new Date(t).toISOString().slice(0, 19).replace('T', ' ')
    const speed = wait < PAUSE ? `${rate.toLocaleString('en')}/s` : `next row in ${spanText(wait)}`
    return `${percent}% (${played.toLocaleString('en')} of ${total.toLocaleString('en')}), ${speed}, recorded ${at} UTC`
  }
  return {
    show: (played, t, wait) => {
      const now = clock()
      const isStill = paused && played === counted
      const every = terminal ? EVERY.terminal : isStill ? EVERY_PAUSED : EVERY.pipe
      if (now - shown < every) return
      const text = line(played, t, wait, now)
      write(terminal ? `\r\u001B[K${text}` : `${text}\n`)
      shown = now
      counted = played
      paused = wait >= PAUSE
    },
    end: () => {
      if (terminal) write('\r\u001B[K')
    },
  }
}
