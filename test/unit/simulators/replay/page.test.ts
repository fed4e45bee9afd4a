import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { emptyAccount } from '../../../../feed/account.ts'
import { HELP } from '../../../../simulators/help.ts'
import { FORMATS } from '../../../../simulators/replay/formats.ts'
import { summaryLine } from '../../../../simulators/report.ts'
import { ROOT } from '../../../support/environment.ts'

const page = readFileSync(`${ROOT}/docs/replay.md`, 'utf8')

it('names every format and every option of a replay, and no other', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(rows.toSorted()).toEqual(Object.keys(FORMATS).toSorted())
  const flagsIn = (text: string) => new Set(text.match(/--[a-z]+(-[a-z]+)*/g))
  const [, replay = ''] = /^Replay$([\s\S]*?)^\S/m.exec(HELP) ?? []
  expect([...flagsIn(page)].toSorted()).toEqual([...flagsIn(replay)].toSorted())
})

it('shows the last line as it is written', () => {
  const rest = { leftOut: 2, unneeded: 0, unsent: 0, interrupted: false }
  expect(page).toContain(`    ${summaryLine({ ...emptyAccount(), accepted: 20 }, rest)}\n`)
})
