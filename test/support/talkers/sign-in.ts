import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Gives somebody a name on an open floor, as the dashboard does. Returns their cookie, which is good on every node. Many
 * who sign in from one address wait for each other, as a node asks them to.
 */
export const signIn = async (url: string, name: string): Promise<string> => {
  const headers = { 'Content-Type': 'application/json', Origin: url }
  for (;;) {
    const response = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify({ name }) })
    const [cookie] = response.headers.getSetCookie()
    if (cookie !== undefined) return cookie.split(';')[0] ?? ''
    const text = await response.text()
    if (response.status !== 429) throw new Error(`${name}: ${response.status} ${text}`)
    await sleep(Number(response.headers.get('retry-after')) * 1000)
  }
}
