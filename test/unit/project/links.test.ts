import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../support/environment.ts'
import { text } from '../../support/figures.ts'

const pagesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
const PAGES = [...pagesIn(''), ...pagesIn('docs')]

/** How sites that show Markdown name a heading in an address. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
const anchorsOf = (page: string): string[] => [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, h = '']) => anchorOf(h))

const isBroken = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
}

test.each(PAGES)('the links of %s lead to files and headings that there are', (page) => {
  const links = [...text(page).matchAll(/\]\((?!https?:)([^)\s]+)\)|<img src="([^"]+)"/g)]
  expect(links.map(([, link, image]) => link ?? image ?? '').filter((link) => isBroken(page, link))).toEqual([])
})

test('the README leads to every page', () => {
  const readme = text('README.md')
  expect(PAGES.filter((page) => page !== 'README.md' && !readme.includes(`](${page})`))).toEqual([])
})
