import { expect, test } from 'vitest'
import { text } from '../../support/figures.ts'

const page = text('docs/add-a-topic.md')
/** The files that a test adds the kind by, and where the page says that they go. */
const FILES = {
  'wire/kinds/gauge.ts': 'gauge.ts',
  'server/redis/library/gauge/gauge.lua': 'gauge.lua',
  'server/kinds/gauge.ts': 'server-gauge.ts',
}

/** What stands on the page below the name of a file. */
const listed = (path: string): string =>
  new RegExp(`\\*\\*\`${path}\`\\*\\*\\n\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''
/** Files lie elsewhere in the test: of a path the name of the file counts. */
const named = (code: string): string => code.replace(/'\.{1,2}\/[^']*\/([^'/]+)'/g, "'./$1'")

test.each(Object.entries(FILES))('the page lists %s as the test has it', (path, file) => {
  expect(named(listed(path))).toBe(named(text(`test/integration/own-kind/${file}`)))
})

test('the lines that the page adds stand in tables of the code', () => {
  const [table = ''] = /export const KINDS = \{[\s\S]*?\n\}[^\n]*/.exec(page) ?? []
  expect(table).toContain('  [gauge.letter]: gauge,\n')
  expect(text('wire/kinds/kinds.ts')).toContain(table.replace('  [gauge.letter]: gauge,\n', ''))
  const [server = ''] = /const SERVER_KINDS = \{[\s\S]*?\n\}.*/.exec(page) ?? []
  expect(server).toContain('  g: gauge,\n')
  expect(text('server/kinds/kinds.ts')).toContain(server.replace('  g: gauge,\n', ''))
  const [web = ''] = /.*\n {4}g: gaugeStore\(stores\),\n {2}\}\) satisfies KindStores/.exec(page) ?? []
  expect(web).not.toBe('')
  expect(text('web/state/kinds/kinds.ts')).toContain(web.replace('    g: gaugeStore(stores),\n', ''))
})

test('what the page names is there', () => {
  const [library, calls] = [text('server/redis/library/1-topic.lua'), text('wire/calls.ts')]
  for (const name of ['topic_of', 'open', 'close', 'publish', 'append', 'all_missed', 'since'])
    expect(library).toContain(`local function ${name}(`)
  for (const name of ['time', 'number', 'whole', 'decimal'])
    expect(text('server/redis/library/2-values.lua')).toContain(`local function ${name}(`)
  expect(text('server/redis/library/2-seen.lua')).toContain('local function is_seen(')
  expect(calls).toContain('keys: topicKeys(')
})
