import { Worker } from 'node:worker_threads'
import { ArchiveAway } from '../../archive.ts'
import type { Value } from '../engine.ts'

export type ThreadData = { path: string; isReader: boolean }
/** `many`: the statement is run once for each of these rows. */
export type Question = { id: number; sql: string; parameters: readonly Value[]; many?: readonly (readonly Value[])[] }
type Failed = { id: number; error: { message: string; errcode: number | null } }
export type Answer = { id: number; rows: Value[][]; columns: string[]; changes: number }

/** What SQLite says. `errcode`: see sqlite.org/rescode.html; null where it is not from SQLite. */
export class SqliteError extends Error {
  readonly errcode: number | null
  constructor(message: string, errcode: number | null) {
    super(message)
    this.errcode = errcode
  }
}

/** A connection to the file, in a thread of its own. Once it is dead, it stays so. */
export type Thread = {
  ask: (question: Omit<Question, 'id'>) => Promise<Answer>
  isDead: () => boolean
  /** Ends it as soon as it has done what it was asked. */
  close: () => Promise<void>
  /** Ends it at once. */
  kill: () => Promise<void>
}

/** A question that takes longer ends the thread; milliseconds. */
const LONGEST_MS = 120_000
/** The most memory of a thread's heap: a fault of ours, or a huge answer, ends the thread and not the node. */
const HEAP_MB = 512

type Waiting = { resolve: (answer: Answer) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }

export const startThread = (data: ThreadData): Thread => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    // What this process was started with is not meant for it.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  const waiting = new Map<number, Waiting>()
  let last = 0
  let dead: string | null = null
  const take = (id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    clearTimeout(found?.timer)
    return found
  }
  const end = (why: string): void => {
    dead ??= why
    for (const id of [...waiting.keys()]) take(id)?.reject(new ArchiveAway(`${data.path}: ${dead}`))
  }
  const kill = async (): Promise<void> => {
    end('its thread was ended')
    await worker.terminate()
  }
  const hurry = (): void => {
    end(`a question took longer than ${LONGEST_MS / 1000} s`)
    void worker.terminate()
  }
  const hear = (answer: Answer | Failed): void => {
    const asked = take(answer.id)
    if ('error' in answer) asked?.reject(new SqliteError(answer.error.message, answer.error.errcode))
    else asked?.resolve(answer)
  }
  const gone = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      end('its thread has ended')
      resolve()
    })
  })
  worker.on('message', hear)
  worker.on('error', ({ message }: Error) => end(message))
  return {
    ask: (question) => {
      if (dead !== null) return Promise.reject(new ArchiveAway(`${data.path}: ${dead}`))
      const id = ++last
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, timer: setTimeout(hurry, LONGEST_MS) })
        worker.postMessage({ id, ...question })
      })
    },
    isDead: () => dead !== null,
    close: () => {
      if (dead === null) worker.postMessage('close')
      return gone
    },
    kill,
  }
}
