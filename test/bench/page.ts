import { readFile, writeFile } from 'node:fs/promises'

const PAGE = new URL('../../docs/benchmarks.md', import.meta.url)
const BEGIN = '<!-- the last full run: begin -->'
const END = '<!-- the last full run: end -->'

/** Puts a run's tables into docs/benchmarks.md, in place of those of the run before. */
export const writePage = async (text: string): Promise<void> => {
  const page = await readFile(PAGE, 'utf8')
  const from = page.indexOf(BEGIN)
  const to = page.indexOf(END)
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md lacks the lines "${BEGIN}" and "${END}"`)
  await writeFile(PAGE, `${page.slice(0, from + BEGIN.length)}\n${text.trim()}\n${page.slice(to)}`)
}
