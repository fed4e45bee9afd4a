import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Archive, Value } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import { runArchive } from '../support/archive-tool.ts'
import { RECORDINGS } from '../support/data.ts'
import { hasPostgres, NO_POSTGRES, startPostgres, type TestPostgres } from '../support/postgres.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-move-'))
const sqlite = (name: string): string => `sqlite:${join(folder, `${name}.db`)}`
let postgres: TestPostgres | null = null
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true })
})

const FILES = ['market/xrp-eth-trades.json.gz', 'fleet/capmetro-2017-03-16.csv.gz', 'fleet/limerick-bus-304.gpx']

/** A row or more of what no file holds. */
const writeRest = (archive: Archive): Promise<void> =>
  archive.write({
    events: [{ device: 'limerick-bus-304', id: 'c1', at: 1.6e12, kind: 'command', body: '{"a":"é\\n"}' }],
    messages: [
      { room: 'm:desk', message: { n: 1, t: 1.6e12, by: { id: 'ann', name: 'Ann' }, text: 'x', edited: 1.7e12 } },
    ],
    record: [{ n: 1, t: 1.6e12, who: 'ann', what: 'signed_in', about: '' }],
    gaps: [{ topic: 's:XRP-ETH', from: 1.6e12, to: 1.6e12 + 5, why: 'a hole' }],
    marks: [{ topic: 's:XRP-ETH', cursor: { epoch: 'e', seq: 7 }, at: 1.6e12 }],
    edge: 1.7e12,
  })

/** All that an archive holds, as it is stored. */
const dump = async (url: string): Promise<Record<string, Value[][]>> => {
  const archive = await openArchive(url)
  try {
    const tables = new Map<string, Value[][]>()
    for (const table of archive.tables) tables.set(table, await archive.page(table, null, 100_000))
    return Object.fromEntries(tables)
  } finally {
    await archive.close()
  }
}

it('moves all of an archive from SQLite to PostgreSQL and back, again without harm, and never over another', async ({
  skip,
}) => {
  if (!(await hasPostgres())) skip(NO_POSTGRES)
  postgres = await startPostgres()
  const [first, second] = [sqlite('first'), sqlite('second')]
  const files = FILES.map((name) => `${RECORDINGS}/${name}`)
  expect(await runArchive(first, ['import', '--trades', ...files])).toMatchObject({ code: 0 })
  const archive = await openArchive(first)
  await writeRest(archive)
  await archive.close()

  const there = await runArchive('none', ['move', first, postgres.url])
  expect(there).toMatchObject({ code: 0, err: '', last: expect.stringMatching(/^Moved \d+ rows\.$/) })
  expect(await runArchive('none', ['move', first, postgres.url])).toMatchObject({ code: 0, last: there.last })
  expect(await runArchive('none', ['move', postgres.url, second])).toMatchObject({ code: 0, last: there.last })
  const whole = await dump(first)
  expect(Object.values(whole).filter((rows) => rows.length === 0)).toHaveLength(whole.seen?.length === 0 ? 1 : 0)
  expect(await dump(second)).toEqual(whole)

  // Where it was moved to, it goes on: new names get new numbers.
  expect(await runArchive(postgres.url, ['import', `${RECORDINGS}/nmea/iTrek.log`])).toMatchObject({ code: 0 })
  const { out } = await runArchive(postgres.url, ['size'])
  expect(out).toMatch(/^fixes +1,\d{3} +\d+\.\d +\d+\.\d$/m)

  const other = sqlite('other')
  await runArchive(other, ['import', files[2] ?? ''])
  const refused = await runArchive('none', ['move', first, other])
  expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/is not empty/)])
  const ahead = await openArchive(second)
  await ahead.write({ edge: 1.8e12 })
  await ahead.close()
  const late = await runArchive('none', ['move', first, second])
  expect([late.code, late.err]).toEqual([1, expect.stringMatching(/goes further/)])
})
