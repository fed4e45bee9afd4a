import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { ROOT } from '../../support/environment.ts'

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const { scripts, dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Record<string, string>
>
const readme = text('README.md')

describe('package.json', () => {
  it('runs files that exist', () => {
    const files = Object.values(scripts).flatMap((script) => script.match(/\b[\w/]+\.(ts|sh)\b/g) ?? [])
    expect(files.length).toBeGreaterThan(4)
    expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('begins what a fresh clone runs by bringing what is missing', () => {
    for (const name of ['start', 'dev', 'server', 'simulate', 'test'])
      expect(scripts[name]).toMatch(/^(exec sh setup\.sh( dashboard)? -- |sh setup\.sh test && )/)
  })

  it('hands its place to setup.sh, and that to the program, so that a signal to npm reaches whatever is at work', () => {
    for (const name of ['start', 'dev', 'server', 'simulate'])
      expect(scripts[name]).toMatch(/^exec sh setup\.sh .*-- node (--[\w=-]+ )?[\w/]+\/main\.ts( --dev)?$/)
  })

  it('pins every package, and its lock file names no registry', () => {
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(text('package-lock.json')).not.toMatch(/"resolved": "https?:/)
  })
})

describe('README.md', () => {
  it('names only commands that there are', () => {
    const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '')
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('lists every setting of a node, with its default', () => {
    const code = text('server/config.ts') + text('server/archive/settings.ts')
    const settings = [...code.matchAll(/^ {2}([A-Z][A-Z\d_]+): setting/gm)].map(([, name]) => name ?? '')
    expect(settings).toContain('REDIS_URL')
    const defaults: Record<string, unknown> = readConfig({})
    for (const name of settings) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
      expect(row, name).toBeDefined()
      const value = String(defaults[name] ?? '')
      if (value !== '') expect(row).toContain(`\`${value}\``)
    }
  })
})
