import type { Request, Response } from 'express'
import { expect, it } from 'vitest'
import { lookWho } from '../../../../server/http/who-asks.ts'
import { ANYBODY } from '../../../../server/people/person.ts'

/** A request by whom `found` says, with what was done of it in pieces that somebody pays for. */
const look = async (found: typeof ANYBODY | null | Promise<typeof ANYBODY | null>) => {
  let [pieces, paid] = [0, 0]
  const work = async <T>(piece: () => T): Promise<T> => {
    pieces++
    return piece()
  }
  const pay = (cost: number): void => {
    paid += cost
  }
  const locals = { work, pay, person: null }
  const response = { locals } as unknown as Response
  const who = lookWho({ identify: () => found, letsIn: () => true, isSecure: () => false })
  const failed = await new Promise((resolve) => who({ headers: {} } as Request, response, resolve))
  return { pieces, paid, failed, person: locals.person }
}

it('whoever is known is known at once, at no cost', async () => {
  expect(await look(ANYBODY)).toEqual({ pieces: 0, paid: 0, failed: undefined, person: ANYBODY })
})

it('a text that has to be read costs whoever shows it, and so does all that comes after', async () => {
  expect(await look(Promise.resolve(null))).toMatchObject({ pieces: 1, failed: undefined, person: null })
  expect((await look(Promise.resolve(ANYBODY))).paid).toBeGreaterThan(0)
  const error = new Error('the provider is away')
  expect(await look(Promise.reject(error))).toMatchObject({ pieces: 0, failed: error })
})
