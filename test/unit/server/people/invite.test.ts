import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { carryOut } from '../../../../server/people/invite/carry-out.ts'
import { type Order, readOrder } from '../../../../server/people/invite/order.ts'
import { createTokens } from '../../../../server/people/tokens.ts'
import { ALL_GRANTS, parseGrants } from '../../../../wire/grants.ts'
import type { Invitation } from '../../../../wire/people.ts'

const DAY = 86_400_000
const START = 1_795_000_000_000

describe('what npm run invite is asked for', () => {
  it.each<[args: string[], order: Order]>([
    [
      ['--name', ' Ann Lee', '--grants', 'watch:s:* say:m:night', '--for', '12h'],
      {
        kind: 'invite',
        name: 'Ann Lee',
        grants: parseGrants('watch:s:* say:m:night') ?? [],
        forMs: DAY / 2,
        as: 'link',
        at: null,
      },
    ],
    [
      ['--bearer', '--name', 'bot', '--grants', 'all', '--at', 'https://floor.example/'],
      { kind: 'invite', name: 'bot', grants: ALL_GRANTS, forMs: 30 * DAY, as: 'token', at: 'https://floor.example' },
    ],
    [['--renew', 'abc', '--for', '45m'], { kind: 'renew', id: 'abc', forMs: 45 * 60_000, at: null }],
    [['--revoke', 'abc'], { kind: 'revoke', id: 'abc' }],
    [['--list'], { kind: 'list' }],
    [['-h'], { kind: 'help' }],
  ])('%j', (args, order) => {
    expect(readOrder(args)).toEqual(order)
  })

  it.each([
    [[], /--name takes/],
    [['--name', 'Ann'], /--grants takes/],
    [['--name', 'Ann', '--grants', ''], /--grants takes/],
    [['--name', 'Ann', '--grants', 'everything'], /--grants takes/],
    [['--name', ' ', '--grants', 'all'], /--name takes/],
    [['--name', 'Ann', '--grants', 'all', '--for', 'ever'], /--for takes .*not "ever"/],
    [['--name', 'Ann', '--grants', 'all', '--for', '0d'], /--for takes/],
    [['--name', 'Ann', '--grants', 'all', '--for', '367d'], /--for takes a time up to 366d/],
    [['--name', 'Ann', '--grants', 'all', '--at', 'floor.example'], /--at takes/],
    [['--name', 'Ann', '--grants', 'all', '--at', 'https://floor.example/desk'], /--at takes/],
    [['--nmae', 'Ann'], /--nmae/],
    [['Ann'], /Ann/],
  ])('%j is a mistake, and it says which', (args, said) => {
    expect(readOrder(args)).toMatchObject({ kind: 'mistake', message: expect.stringMatching(said) })
  })
})

const setUp = async () => {
  const kept: Invitation[] = []
  const said: string[] = []
  const done: string[] = []
  const now = () => START
  const tokens = await createTokens(new Uint8Array(randomBytes(32)), now)
  const store = {
    invite: async (wish: Pick<Invitation, 'name' | 'grants' | 'until' | 'by'>) => {
      const made = { ...wish, id: `inv-${kept.length}`, person: 'ann-lee', made: START, used: null, revoked: false }
      kept.push(made)
      return made
    },
    invitations: async () => kept,
    renewInvitation: async (id: string, until: number) => {
      const found = kept.find((each) => each.id === id)
      return found ? Object.assign(found, { until }) : null
    },
  }
  const takeBack = async (id: string, by: string) => {
    done.push(`${by} takes back ${id}`)
    return kept.some((each) => each.id === id)
  }
  const run = (...args: string[]) =>
    carryOut(readOrder(args), {
      store,
      takeBack,
      tokens,
      floor: 'http://127.0.0.1:3000',
      say: (line) => said.push(line),
      now,
    })
  return { run, tokens, kept, said, done }
}
const ANN = ['--name', 'Ann Lee', '--grants', 'watch:s:*', '--for', '2d']

describe('npm run invite', () => {
  it('prints a link that lets its person in until its end, and the same as a code', async () => {
    const { run, tokens, said, kept } = await setUp()
    await run(...ANN)
    expect(kept).toMatchObject([{ name: 'Ann Lee', grants: 'watch:s:*', until: START + 2 * DAY, by: 'console' }])
    const [what, link = '', code] = said
    expect(what).toMatch(/Ann Lee \(@ann-lee\), until 2026-\d\d-\d\d \d\d:\d\d UTC; .* --revoke inv-0$/)
    const [, token = ''] = /^http:\/\/127\.0\.0\.1:3000\/#in=([\w.-]+)$/.exec(link) ?? []
    expect(await tokens.read(['invitation'], token)).toMatchObject({
      id: 'ann-lee',
      name: 'Ann Lee',
      via: 'invitation',
      credential: 'inv-0',
      until: START + 2 * DAY,
    })
    expect(code).toMatch(/^[█▀▄ \n]+$/)
  })

  it('prints a link to where the floor is, without a code where no phone could read it', async () => {
    const { run, said } = await setUp()
    await run('--name', 'Ann', '--grants', `watch:s:${'x'.repeat(1000)}`, '--at', 'https://floor.example')
    expect(said).toHaveLength(2)
    expect(said[1]).toMatch(/^https:\/\/floor\.example\/#in=/)
  })

  it('prints a token for a program, which is no invitation', async () => {
    const { run, tokens, said } = await setUp()
    await run('--bearer', ...ANN)
    expect(said).toHaveLength(2)
    expect(await tokens.read(['bearer'], said[1] ?? '')).toMatchObject({
      id: 'ann-lee',
      via: 'token',
      credential: 'inv-0',
    })
    expect(await tokens.read(['invitation', 'session'], said[1] ?? '')).toBe('bad')
  })

  it('lists, renews and takes back', async () => {
    const { run, said, kept, done } = await setUp()
    await run('--list')
    await run(...ANN)
    await run('--renew', 'inv-0', '--for', '10d')
    expect(kept[0]?.until).toBe(START + 10 * DAY)
    await run('--revoke', 'inv-0')
    expect(done).toEqual(['console takes back inv-0'])
    said.length = 0
    Object.assign(kept[0] ?? {}, { revoked: true, used: START })
    kept.push({ ...(kept[0] as Invitation), id: 'inv-1', revoked: false, until: START - 1, used: null })
    await run('--list')
    expect(said).toEqual([
      expect.stringMatching(/^inv-0 {2}Ann Lee \(@ann-lee\) {2}taken back, last used 2026-.* UTC {2}watch:s:\*$/),
      expect.stringMatching(/^inv-1 .* ended, never used {2}watch:s:\*$/),
    ])
  })

  it('says where there is no such invitation', async () => {
    const { run } = await setUp()
    for (const order of ['--renew', '--revoke'])
      await expect(run(order, 'nothing')).rejects.toThrow(/There is no invitation "nothing": .*--list/)
  })
})
