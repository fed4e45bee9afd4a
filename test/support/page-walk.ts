/** A browser without a screen: it follows redirects, keeps cookies for each host, and fills in forms. */
export type PageWalk = {
  open: (url: string, init?: RequestInit) => Promise<{ url: string; status: number; text: string; headers: Headers }>
  cookies: (url: string) => string
}

const MOST_STEPS = 20

export const openPageWalk = (stopAt: (url: string) => boolean = () => false): PageWalk => {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url)
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    return jar
  }
  const cookies = (url: string): string => Array.from(jarOf(url), ([name, value]) => `${name}=${value}`).join('; ')
  const keep = (url: string, response: Response): void => {
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(text) || value === '') jarOf(url).delete(name)
      else jarOf(url).set(name, value)
    }
  }
  const open: PageWalk['open'] = async (first, init = {}) => {
    let [url, request] = [first, init]
    for (let step = 0; step < MOST_STEPS; step++) {
      const headers = { ...request.headers, cookie: cookies(url) }
      const response = await fetch(url, { ...request, headers, redirect: 'manual' })
      keep(url, response)
      const next = response.headers.get('location')
      const text = await response.text()
      if (next === null || stopAt(new URL(next, url).href))
        return {
          url: next === null ? url : new URL(next, url).href,
          status: response.status,
          text,
          headers: response.headers,
        }
      url = new URL(next, url).href
      request = {}
    }
    throw new Error(`${first} goes on redirecting`)
  }
  return { open, cookies }
}

/** Fills in the form of a page, and follows where it leads. */
export const submit = async (
  walk: PageWalk,
  page: { url: string; text: string },
  fields: Record<string, string>,
): ReturnType<PageWalk['open']> => {
  const action = /action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
  if (action === undefined) throw new Error(`no form at ${page.url}: ${page.text.slice(0, 500)}`)
  const hidden = Object.fromEntries(
    Array.from(page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g), ([, name, value]) => [
      name ?? '',
      value ?? '',
    ]),
  )
  return walk.open(new URL(action, page.url).href, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...hidden, ...fields }).toString(),
  })
}
