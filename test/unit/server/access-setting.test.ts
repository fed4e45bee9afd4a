import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../server/config.ts'

describe('ACCESS', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', ''])('is open where HOST is %j, if nobody says', (HOST) => {
    expect(readConfig({ HOST }).ACCESS).toEqual(['open'])
    expect(readConfig({ HOST, ACCESS: '' }).ACCESS).toEqual(['open'])
    expect(readConfig({ HOST, ACCESS: 'invitations' }).ACCESS).toEqual(['invitations'])
  })

  it.each(['0.0.0.0', '::', '10.0.0.5', '128.0.0.1', 'floor.example', '::ffff:10.0.0.1'])(
    'must be said where HOST is %j',
    (HOST) => {
      const choices = /^Bad setting: ACCESS=: HOST=.*ACCESS=invitations, ACCESS=openid, or ACCESS=open for everybody/
      expect(() => readConfig({ HOST })).toThrow(choices)
      expect(() => readConfig({ HOST, ACCESS: '' })).toThrow(choices)
      for (const ACCESS of ['open', 'invitations', 'openid'])
        expect(readConfig({ HOST, ACCESS }).ACCESS).toEqual([ACCESS])
      expect(readConfig({ HOST, ACCESS: ' openid , invitations' }).ACCESS).toEqual(['openid', 'invitations'])
    },
  )

  it.each(['closed', 'open invitations', 'Open', ',', 'invitations,guests'])('is not %j', (ACCESS) => {
    expect(() => readConfig({ ACCESS })).toThrow(/ACCESS=.*takes open, or invitations and openid/)
  })

  it('is open or not, never both', () => {
    expect(() => readConfig({ ACCESS: 'open,invitations' })).toThrow(/ACCESS=open,invitations: takes nothing besides/)
  })

  it('says what else is wrong first', () => {
    expect(() => readConfig({ HOST: '0.0.0.0', PORT: 'many' })).toThrow(/PORT=many/)
  })
})

describe('PUBLIC_URL', () => {
  it.each(['https://floor.example', 'http://10.0.0.7:8080', 'https://floor.example:8443'])(
    'may be %j',
    (PUBLIC_URL) => {
      expect(readConfig({ PUBLIC_URL }).PUBLIC_URL).toBe(PUBLIC_URL)
    },
  )
  it.each([
    'floor.example',
    'https://floor.example/',
    'https://floor.example:443',
    'ftp://floor.example',
    'https://a b',
  ])('may not be %j', (PUBLIC_URL) => {
    expect(() => readConfig({ PUBLIC_URL })).toThrow(/PUBLIC_URL=.*https:\/\/floor\.example/)
  })
})
