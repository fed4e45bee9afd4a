import { startChild } from '../../start/child.ts'

/** Hears, line by line, of processes; when nobody is left who could tell it more, it ends them and removes the folder. */
const SCRIPT = 'while read -r pid; do pids="$pids $pid"; done; kill -9 $pids; rm -rf "$1"'

export type Leash = {
  /** This process is ended with us. */
  hold: (pid: number) => void
  /** What was held was ended in order. */
  release: () => Promise<void>
}

/**
 * For servers that know nothing of leashes: when this process ends without having stopped them (interrupted, killed), they end as well
 * and `folder` goes.
 */
export const holdLeash = (folder: string): Leash => {
  const keeper = startChild('leash', 'sh', ['-c', SCRIPT, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'] })
  keeper.process.stdin?.on('error', () => {}) // it is gone already
  return {
    hold: (pid) => void keeper.process.stdin?.write(`${pid}\n`),
    release: async () => {
      await keeper.kill()
    },
  }
}
