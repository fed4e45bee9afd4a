import { createCalls } from '../../../../web/state/calls.ts'

export type Asked = {
  method: string
  path: string
  body: unknown
  headers: Record<string, string>
  credentials: unknown
}
type Answer = Response | Error

/** A node that answers what it is told to, in order; then it cannot be reached. Keeps what it was asked. */
export const fakeNode = (...answers: Answer[]) => {
  const asked: Asked[] = []
  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const { method = 'GET', body, headers, credentials } = init
    asked.push({
      method,
      path,
      body: typeof body === 'string' ? JSON.parse(body) : undefined,
      headers: Object.fromEntries(new Headers(headers)),
      credentials,
    })
    const answer = answers.shift() ?? new Error('away')
    if (answer instanceof Error) throw answer
    return answer
  }
  const told = () => asked.map(({ method, path }) => `${method} ${path}`)
  return { asked, told, fetch, calls: createCalls(fetch), next: (...more: Answer[]) => void answers.push(...more) }
}

export const refusal = (status: number, code: string, message = code): Response =>
  Response.json({ error: { code, message } }, { status })
