/** Gives somebody a name on an open floor, as the dashboard does. Returns their cookie, which is good on every node. */
export const signIn = async (url: string, name: string): Promise<string> => {
  const headers = { 'Content-Type': 'application/json', Origin: url }
  const response = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify({ name }) })
  const [cookie] = response.headers.getSetCookie()
  if (!response.ok || cookie === undefined) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return cookie.split(';')[0] ?? ''
}
