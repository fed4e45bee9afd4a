/**
 * Loaded before the main.ts of a child process (`--import`): when whoever started it is gone without a word (a crash,
 * SIGKILL), its end of the channel closes, and the child ends in order by itself instead of holding its port for ever.
 */
const GRACE_MS = 10_000

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref()
})
process.channel?.unref()
