import { type Ending, startChild } from '../../start/child.ts'

/**
 * Hears, line by line, of processes that begin and end; when nobody is left who could tell it more, it ends them and
 * removes the folder.
 */
const SCRIPT = `
while read -r what pid; do
  case $what in
    begins) pids="$pids $pid " ;;
    ends) pids=$(printf %s "$pids" | sed "s/ $pid / /") ;;
  esac
done
kill -9 $pids
rm -rf "$1"
`

export type Leash = {
  /** This process is ended with us, unless it has ended before. */
  hold: (pid: number, ended: Promise<Ending>) => void
  /** All that was held has ended, and the folder is ours to remove. */
  release: () => Promise<void>
}

/**
 * For servers that know nothing of leashes: when this process ends without having stopped them (interrupted, killed),
 * they end as well and `folder` goes.
 */
export const holdLeash = (folder: string): Leash => {
  const keeper = startChild('leash', 'sh', ['-c', SCRIPT, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'] })
  const { stdin } = keeper.process
  stdin?.on('error', () => {}) // it is gone already
  return {
    hold: (pid, ended) => {
      stdin?.write(`begins ${pid}\n`)
      void ended.then(() => stdin?.writable && stdin.write(`ends ${pid}\n`))
    },
    release: async () => {
      await keeper.kill()
    },
  }
}
