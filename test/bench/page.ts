import { readFile, writeFile } from 'node:fs/promises'

const PAGE = new URL('../../docs/benchmarks.md', import.meta.url)
/** What the page keeps apart, so that one can be measured anew without the other. */
export type Section = 'the last full run' | 'the last run of scale'

/** Puts a run's tables into a section of docs/benchmarks.md, in place of those of the run before. */
export const writePage = async (section: Section, text: string): Promise<void> => {
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`]
  const page = await readFile(PAGE, 'utf8')
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md lacks the lines "${begin}" and "${end}"`)
  await writeFile(PAGE, `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`)
}
