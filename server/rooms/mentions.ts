/** Links, which `@` may stand in without naming anybody. */
const LINK = /\b[a-z][a-z\d+.-]{0,20}:\/\/\S+/giu
/** `@ann`, not in the middle of a word, of an address or of another one. */
const NAMED = /(?<![\p{L}\p{N}\p{M}_@/.:+-])@([a-z\d][a-z\d._-]*)(?![\p{L}\p{N}\p{M}@])/giu
/** A sentence may end after a name. */
const ENDING = /^[._-]$/
/** Letters of a handle: wire/people.ts. */
const LONGEST = 32

/** So many people one message mentions at most; others are not told. */
export const MOST_MENTIONED = 20

/** The longest known handle that a name begins with, and that only the end of a sentence follows. */
const personOf = (name: string, isKnown: (handle: string) => boolean): string | null => {
  let end = name.length
  while (ENDING.test(name.charAt(end - 1))) end--
  for (let handle = name.slice(0, LONGEST).toLowerCase(); handle.length >= end; handle = handle.slice(0, -1))
    if (isKnown(handle)) return handle
  return null
}

/** The handles of known people that a text mentions, each once, in the order of their first mention. */
export const mentionsIn = (text: string, isKnown: (handle: string) => boolean): string[] => {
  const found = new Set<string>()
  for (const [, name = ''] of text.replace(LINK, ' ').matchAll(NAMED)) {
    const handle = personOf(name, isKnown)
    if (handle !== null) found.add(handle)
    if (found.size === MOST_MENTIONED) break
  }
  return [...found]
}
