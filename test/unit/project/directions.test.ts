import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../support/environment.ts'

type Report = { diagnostics: { category: string; location: { path: string; start: { line: number } } }[] }

/** A folder with the project's own linter settings, where files may break the rules. */
let folder = ''
/** `path:line` -> the rules that the line breaks. */
const found = new Map<string, string[]>()

const IMPORTS = 'lint/style/noRestrictedImports'

/** Per place in the project: what may be imported there, and what may not. */
const DIRECTIONS: Record<string, { good: string[]; bad: string[] }> = {
  'wire/kinds/a.ts': { good: ['./kind.ts', '../topics.ts'], bad: ['../../server/app.ts', 'zod', 'node:fs'] },
  'wire/a.ts': { good: ['./topics.ts'], bad: ['../server/app.ts', '../test/support/data.ts', 'zod', 'node:fs'] },
  'formats/nmea/a.ts': {
    good: ['./sentence.ts', '../times.ts', '../../wire/market.ts'],
    bad: ['../../redis/address.ts', '../../server/app.ts', '../../simulators/random.ts', 'zod', 'node:fs'],
  },
  'redis/a.ts': {
    good: ['./address.ts', '../wire/calls.ts', 'ioredis', 'node:net'],
    bad: ['../feed/port.ts', '../server/app.ts', '../simulators/random.ts', '../test/support/data.ts'],
  },
  'feed/a.ts': {
    good: ['./port.ts', '../wire/calls.ts', '../redis/address.ts', 'ioredis', 'node:net'],
    bad: [
      '../server/app.ts',
      '../formats/times.ts',
      '../simulators/random.ts',
      '../web/main.tsx',
      '../test/support/data.ts',
    ],
  },
  'server/a.ts': {
    good: ['../wire/topics.ts', '../redis/address.ts', '../feed/publisher.ts', './redis/link.ts', 'zod', 'node:fs'],
    bad: ['../web/main.tsx', '../simulators/random.ts', '../start/child.ts', '../test/support/data.ts'],
  },
  'server/http/a.ts': {
    good: ['../../wire/topics.ts', '../../formats/times.ts', '../market/candles.ts'],
    bad: ['../../web/main.tsx', '../../simulators/random.ts', '../../test/support/data.ts'],
  },
  'server/live/a.ts': {
    good: ['./demand.ts', '../../wire/topics.ts'],
    bad: [
      '../market/candles.ts',
      '../fleet/view.ts',
      '../redis/link.ts',
      '../http/app.ts',
      '../config.ts',
      '../../web/b.ts',
    ],
  },
  'simulators/market/a.ts': {
    good: [
      '../random.ts',
      '../../formats/times.ts',
      '../../wire/calls.ts',
      '../../feed/publisher.ts',
      '../../redis/address.ts',
    ],
    bad: ['../../server/config.ts', '../../web/main.tsx', '../../start/child.ts', '../../test/support/data.ts'],
  },
  'web/views/a.tsx': {
    good: ['../state/api.ts', '../../wire/api.ts', 'preact'],
    bad: [
      '../../server/config.ts',
      '../../simulators/random.ts',
      '../../feed/port.ts',
      '../../redis/address.ts',
      'node:fs',
    ],
  },
  'start/a.ts': {
    good: ['./child.ts', '../server/config.ts', '../redis/address.ts'],
    bad: ['../server/app.ts', '../simulators/main.ts', '../web/main.tsx', '../test/support/data.ts'],
  },
  'test/unit/a.ts': { good: ['../../server/app.ts', '../../web/main.tsx', '../../start/child.ts'], bad: [] },
}

/** One line each that only a main.ts may hold, and the rule against it elsewhere. */
const PROCESS = [
  ['export const a = process.env.PORT', 'lint/style/noProcessEnv'],
  ['export const b = process.argv', 'lint/nursery/noJsRestrictedProperties'],
  ["process.on('SIGTERM', () => {})", 'lint/nursery/noJsRestrictedProperties'],
  ["process.once('SIGINT', () => {})", 'lint/nursery/noJsRestrictedProperties'],
] as const

const STYLE = [
  ['export default 1', 'lint/style/noDefaultExport'],
  ['export enum Side { Buy, Sell }', 'lint/style/noEnum'],
  ['export const c: any = 1', 'lint/suspicious/noExplicitAny'],
] as const

const write = async (path: string, lines: readonly string[]): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), `${lines.join('\n')}\n`)
}

const lint = (): Promise<Report> =>
  new Promise((resolve, reject) => {
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
    const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.']
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(JSON.parse(stdout))
      else reject(new Error(stderr, { cause: error }))
    })
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-lint-'))
  const settings = JSON.parse(await readFile(join(ROOT, 'biome.json'), 'utf8'))
  // The temporary folder is no checkout.
  await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...settings, vcs: { enabled: false } }))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  for (const [path, { good, bad }] of Object.entries(DIRECTIONS))
    await write(
      path,
      [...good, ...bad].map((from, index) => `export { x as x${index} } from '${from}'`),
    )
  for (const path of ['server/b.ts', 'server/main.ts', 'test/unit/b.ts'])
    await write(
      path,
      [...PROCESS, ...STYLE].map(([line]) => line),
    )
  for (const { category, location } of (await lint()).diagnostics) {
    const line = `${location.path}:${location.start.line}`
    found.set(line, [...(found.get(line) ?? []), category])
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const rulesAt = (path: string, line: number): string[] => found.get(`${path}:${line}`) ?? []

describe('the linter knows who may import whom', () => {
  for (const [path, { good, bad }] of Object.entries(DIRECTIONS)) {
    for (const [index, from] of good.entries())
      it(`${path} may import ${from}`, () => expect(rulesAt(path, index + 1)).not.toContain(IMPORTS))
    for (const [index, from] of bad.entries())
      it(`${path} may not import ${from}`, () => expect(rulesAt(path, good.length + index + 1)).toContain(IMPORTS))
  }
})

describe('the linter knows the house style', () => {
  for (const [index, [line, rule]] of PROCESS.entries()) {
    it(`only main.ts: ${line}`, () => {
      expect(rulesAt('server/b.ts', index + 1)).toContain(rule)
      expect(rulesAt('test/unit/b.ts', index + 1)).toContain(rule)
      expect(rulesAt('server/main.ts', index + 1)).not.toContain(rule)
    })
  }
  for (const [index, [line, rule]] of STYLE.entries())
    it(`nowhere: ${line}`, () => {
      expect(rulesAt('server/b.ts', PROCESS.length + index + 1)).toContain(rule)
      expect(rulesAt('server/main.ts', PROCESS.length + index + 1)).toContain(rule)
    })
})

describe('the sources', () => {
  /** Where the linter lets the process be read; whoever adds a file here has a reason. */
  const READERS = ['start/leash.ts', 'test/support/environment.ts']

  it('read environment, arguments and signals in main.ts files only, whatever the linter is told to ignore', async () => {
    const places: string[] = []
    for (const part of [
      'wire',
      'formats',
      'redis',
      'feed',
      'archive',
      'server',
      'simulators',
      'start',
      'web',
      'test',
    ]) {
      for (const name of await readdir(join(ROOT, part), { recursive: true })) {
        const path = join(part, name)
        if (
          !/\.tsx?$/.test(name) ||
          name.endsWith('main.ts') ||
          READERS.includes(path) ||
          path.includes('unit/project')
        )
          continue
        const text = await readFile(join(ROOT, path), 'utf8')
        if (
          /(?<![.\w])process\s*\.\s*(env|argv|on|once)\b|\{[^}]*\b(env|argv)\b[^}]*\}\s*(=\s*process\b|from\s*'node:process')/.test(
            text,
          )
        )
          places.push(path)
      }
    }
    expect(places).toEqual([])
  })
})
