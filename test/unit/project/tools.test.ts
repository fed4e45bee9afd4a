import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ROOT } from '../../support/environment.ts'

const text = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8')
const scripts = Object.keys(JSON.parse(text('package.json')).scripts)

test('.node-version is the Node that package.json pins', () => {
  expect(text('.node-version').trim()).toBe(JSON.parse(text('package.json')).devDependencies.node)
})

test.each(['CONTRIBUTING.md', 'README.md', 'CHANGELOG.md'])('%s names scripts that there are', (page) => {
  const named = [...text(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name)
  expect(named.filter((name) => !scripts.includes(name ?? ''))).toEqual([])
})

test('files that CONTRIBUTING.md sends people to are there', () => {
  const paths = [
    ...text('CONTRIBUTING.md').matchAll(/`((?:wire|redis|feed|server|simulators|web|test|\.vscode)\/[\w./-]+)`/g),
  ]
  expect(paths.length).toBeGreaterThan(5)
  expect(paths.map(([, path]) => path ?? '').filter((path) => !existsSync(`${ROOT}/${path}`))).toEqual([])
})

test('what VS Code starts is there', () => {
  const { configurations } = JSON.parse(text('.vscode/launch.json')) as { configurations: { program: string }[] }
  const programs = configurations.map(({ program }) => program.replace(/^\$\{workspaceFolder\}/, ROOT))
  expect(programs.filter((program) => !existsSync(program))).toEqual([])
})

test('the hook before a commit is a program', () => {
  execFileSync('test', ['-x', `${ROOT}/.githooks/pre-commit`])
})
