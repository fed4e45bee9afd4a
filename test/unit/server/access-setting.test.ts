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

  it.each([{ PUBLIC_URL: 'https://floor.example' }, { HOSTS: 'floor.example' }, { HOSTS: 'localhost, floor.example' }])(
    'must be said where a proxy on this machine lets others in: %j',
    (given) => {
      const [name] = Object.keys(given)
      expect(() => readConfig(given)).toThrow(new RegExp(`ACCESS=: ${name}=.*lets other machines in`))
      expect(readConfig({ ...given, ACCESS: 'open' }).ACCESS).toEqual(['open'])
    },
  )

  it('is open where all that is named is this machine', () => {
    expect(readConfig({ PUBLIC_URL: 'http://localhost:3000', HOSTS: '127.0.0.2' }).ACCESS).toEqual(['open'])
    expect(readConfig({ PUBLIC_URL: 'http://[::1]:3000' }).ACCESS).toEqual(['open'])
  })

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
      expect(readConfig({ PUBLIC_URL, ACCESS: 'open' }).PUBLIC_URL).toBe(PUBLIC_URL)
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
