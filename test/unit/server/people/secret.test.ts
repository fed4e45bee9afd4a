import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeSecret, readSecret } from '../../../../server/people/secret.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-secret-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const inside = (name: string): string => join(folder, name)
const makeAndRead = (path: string) => {
  makeSecret(path)
  return readSecret(path)
}

describe('the secret of a floor', () => {
  it('is made at the first start, for its owner only, and stays', async () => {
    const path = inside('data/secret')
    const made = makeAndRead(path)
    expect(made).toHaveLength(32)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(inside('data'))).mode & 0o777).toBe(0o700)
    expect(makeAndRead(path)).toEqual(made)
    expect(makeAndRead(inside('other'))).not.toEqual(made)
    expect(await readdir(inside('data'))).toEqual(['secret'])
    expect(await readFile(path, 'utf8')).toBe(`${Buffer.from(made).toString('base64url')}\n`)
  })

  it('may be any text of somebody else that is long enough', async () => {
    const own = Buffer.alloc(48, 7)
    await writeFile(inside('secret'), own.toString('base64url'), { mode: 0o400 })
    expect(makeAndRead(inside('secret'))).toEqual(new Uint8Array(own))
  })

  it.each([0o640, 0o604, 0o644, 0o660, 0o610])('is refused where others have rights to it: mode %o', async (mode) => {
    makeSecret(inside('secret'))
    await chmod(inside('secret'), mode)
    const said = new RegExp(`SECRET_FILE .*secret cannot be used: .*${mode.toString(8)}.*chmod 600 `)
    expect(() => makeAndRead(inside('secret'))).toThrow(said)
  })

  it.each(['', '\n', 'short', 'x'.repeat(42), `${'x'.repeat(43)} x`, 'ä'.repeat(43), 'x'.repeat(300)])(
    'is refused where the file holds something else: %j',
    async (text) => {
      await writeFile(inside('secret'), text, { mode: 0o600 })
      expect(() => makeAndRead(inside('secret'))).toThrow(/holds no secret.*delete it/)
      expect(await readFile(inside('secret'), 'utf8')).toBe(text)
    },
  )

  it('is refused where it cannot be a file, with the remedy', async () => {
    await mkdir(inside('folder'))
    await writeFile(inside('file'), '')
    const remedy = /SECRET_FILE .* cannot be used: .*Set SECRET_FILE to a file in a folder that this user may write/
    for (const path of [inside('folder'), inside('file/secret'), inside('no/such/folder')])
      expect(() => makeAndRead(path), path).toThrow(remedy)
    expect(() => readSecret(inside('nothing'))).toThrow(/A node makes it when it starts/)
  })
})
