/** Shows how far a replay is: one line that rewrites itself on a terminal, a line every few seconds elsewhere. */
export type Progress = { show: (played: number, t: number) => void; end: () => void }

const EVERY = { terminal: 200, pipe: 3000 }

/** `write` takes text as it is to appear; `clock` is in milliseconds. */
export const createProgress = (
  total: number,
  terminal: boolean,
  write: (text: string) => void,
  clock: () => number,
): Progress => {
  let shown = clock()
  let counted = 0
  const line = (played: number, t: number, now: number) => {
    const percent = total === 0 ? 100 : Math.floor((100 * played) / total)
    const rate = Math.round((1000 * (played - counted)) / Math.max(1, now - shown))
    const at = new Date(t).toISOString().slice(0, 19).replace('T', ' ')
    return `${percent}% (${played.toLocaleString('en')} of ${total.toLocaleString('en')}), ${rate.toLocaleString('en')}/s, recorded ${at} UTC`
  }
  return {
    show: (played, t) => {
      const now = clock()
      if (now - shown < (terminal ? EVERY.terminal : EVERY.pipe)) return
      write(terminal ? `\r\u001B[K${line(played, t, now)}` : `${line(played, t, now)}\n`)
      shown = now
      counted = played
    },
    end: () => {
      if (terminal) write('\r\u001B[K')
    },
  }
}
