import { describe, expect, it } from 'vitest'
import { createLog, secretsOf } from '../../../server/log.ts'

const setUp = (secrets: string[] = []) => {
  const written: string[] = []
  let time = 0
  const to = { write: (line: string) => void written.push(line) }
  const { log, lines } = createLog({ node: 'one', level: 'info', secrets, now: () => time }, to)
  return {
    log,
    lines,
    text: () => written.join(''),
    written: () => written.map((line) => JSON.parse(line)),
    pass: (ms: number) => {
      time += ms
    },
  }
}

describe("a node's log", () => {
  it('writes JSON lines with the name of the node', () => {
    const { log, written } = setUp()
    log.info('It is ready')
    log.warn({ reason: 'gone' }, 'It is lost')
    expect(written()).toMatchObject([
      { level: 30, node: 'one', msg: 'It is ready' },
      { level: 40, node: 'one', msg: 'It is lost', reason: 'gone' },
    ])
  })

  it('writes ten lines a minute that say the same, counts all, and tells how many it held back', () => {
    const { log, lines, written, pass } = setUp()
    for (let i = 0; i < 1000; i++) log.warn({ reason: i }, 'It is lost')
    log.warn('Something else')
    expect(written()).toHaveLength(11)
    pass(59_000)
    log.warn({ reason: 'still' }, 'It is lost')
    expect(written()).toHaveLength(11)
    pass(1000)
    log.warn({ reason: 'again' }, 'It is lost')
    log.warn({ reason: 'more' }, 'It is lost')
    expect(written().slice(11)).toMatchObject([{ reason: 'again', heldBack: 991 }, { reason: 'more' }])
    expect(written().at(-1)).not.toHaveProperty('heldBack')
    expect(lines).toEqual({ debug: 0, info: 0, warn: 1004, error: 0 })
  })

  it('never holds back what somebody who debugs wants to see, and counts no lines below its level', () => {
    const { log, lines, written } = setUp()
    log.debug('unseen')
    log.level = 'debug'
    for (let i = 0; i < 50; i++) log.debug('seen')
    expect(written()).toHaveLength(50)
    expect(lines.debug).toBe(50)
  })

  it('shows no password, however it is written', () => {
    const secret = 'p"w/ö d%'
    const { log, text, written } = setUp([secret])
    log.error({ url: `redis://user:${encodeURIComponent(secret)}@host`, args: [{ secret }] }, `AUTH ${secret} failed`)
    expect(written()[0]).toMatchObject({
      url: 'redis://user:***@host',
      args: [{ secret: '***' }],
      msg: 'AUTH *** failed',
    })
    expect(text()).not.toContain('w/ö')
  })

  it('knows which passwords an address has', () => {
    expect(secretsOf('redis://:a%2Fb@host:1/2')).toEqual(['a/b'])
    expect(secretsOf('redis+sentinel://user:one@a,b/main?sentinelPassword=two')).toEqual(['one', 'two'])
    expect(secretsOf('redis+cluster://a:1,b:2')).toEqual([])
    expect(secretsOf('nonsense')).toEqual([])
  })
})
