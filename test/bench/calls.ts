import type { Serializable } from 'node:child_process'

/** A process that can be asked by messages: a child, or the parent as the child sees it. */
type End = {
  connected?: boolean
  send?: ((message: Serializable) => unknown) | undefined
  on: ((event: 'message', listener: (message: unknown) => void) => unknown) &
    ((event: 'disconnect', listener: () => void) => unknown)
}

/** What a call takes and answers is for each to say. */
type Calls = Record<string, (argument: never) => unknown>
type Request = { id: number; name: string; argument: Serializable }
type Answer = { id: number; value?: Serializable; error?: string }

/**
 * Asks another process: `ask('name', argument)`. Rejects with what went wrong there, or when it takes longer than
 * `limitMs`.
 */
export type Ask<C extends Calls> = <K extends keyof C & string>(
  name: K,
  argument: Parameters<C[K]>[0],
  limitMs?: number,
) => Promise<Awaited<ReturnType<C[K]>>>

export const asker = <C extends Calls>(end: End): Ask<C> => {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  end.on('disconnect', () => {
    for (const [id, take] of waiting) take({ id, error: 'the process is gone' })
    waiting.clear()
  })
  end.on('message', (message) => {
    const answer = message as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  return (name, argument, limitMs = 30_000) =>
    new Promise((resolve, reject) => {
      if (end.connected === false) return reject(new Error(`${name}: the process is gone`))
      const id = ++last
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new Error(`no answer to ${name} within ${limitMs} ms`))
      }, limitMs)
      waiting.set(id, ({ value, error }) => {
        clearTimeout(timer)
        if (error === undefined) resolve(value as never)
        else reject(new Error(`${name}: ${error}`))
      })
      end.send?.({ id, name, argument } satisfies Request)
    })
}

/** Answers what the other end asks. */
export const answerer = (end: End, calls: Calls): void => {
  end.on('message', async (message) => {
    const { id, name, argument } = message as Request
    const answer: Answer = { id }
    try {
      const call = calls[name]
      if (!call) throw new Error('no such call')
      // The types of the asker's side vouch for it.
      answer.value = (await call(argument as never)) as Serializable
    } catch (error) {
      answer.error = error instanceof Error ? error.message : String(error)
    }
    end.send?.(answer)
  })
}
