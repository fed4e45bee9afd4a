import { readFile, writeFile } from 'node:fs/promises'

const DOCS = new URL('../../docs/', import.meta.url)
/** What the page keeps apart, so that one can be measured anew without the other. */
export type Section =
  | 'the last full run'
  | 'the last run of scale'
  | 'the last run of abuse'
  | 'the last run of archive'

/**
 * Puts a run's tables into a section of docs/benchmarks.md, or of another page there, in place of those of the run
 * before.
 */
export const writePage = async (section: Section, text: string, name = 'benchmarks.md'): Promise<void> => {
  const file = new URL(name, DOCS)
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`]
  const page = await readFile(file, 'utf8')
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/${name} lacks the lines "${begin}" and "${end}"`)
  await writeFile(file, `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`)
}
