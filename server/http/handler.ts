import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Express, RequestHandler, Response } from 'express'
import type { Faults } from '../faults.ts'
import type { Person } from '../people/person.ts'
import type { Work } from '../pieces.ts'
import { ApiError } from './errors.ts'
import type { Handler } from './line.ts'
import { isForMachines } from './own-hosts.ts'
import type { Turns } from './turns.ts'

export type HandlerPorts = {
  app: Express
  /** Who pays for a request. */
  addressOf: (request: IncomingMessage) => string
  /** Waits until this address may ask, at most a second. Resolves with the milliseconds that are left to wait. */
  admit: (who: string) => Promise<number>
  turns: Turns
  faults: Faults
}

/**
 * What express gets with a request: how its work takes turns, how it pays for what is not measured, why it is refused,
 * if it is, and who asks; null: nobody who may, or nobody has looked (who-asks.ts).
 */
type Locals = { work: Work; pay: (cost: number) => void; refused: ApiError | null; person: Person | null }

/** Lets express answer requests when their turn comes, at the cost of whoever asks. */
export const createHandler = ({ app, addressOf, admit, turns, faults }: HandlerPorts): Handler => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const who = addressOf(request)
    const owed = await admit(who)
    if (response.destroyed) return
    const locals: Locals = {
      work: (piece) => turns.take(who, piece),
      pay: (cost) => turns.pay(who, cost),
      refused: owed > 0 && !isForMachines(request.url ?? '') ? tooSoon(owed) : null,
      person: null,
    }
    const handle = (): void => {
      Object.assign(response, { locals })
      if (response.destroyed) return
      payForSending(request, response, locals, faults)
      app(request, response)
    }
    // That costs next to nothing, and comes late enough for whoever asks in a loop.
    if (locals.refused) return handle()
    await turns.take(who, handle).catch((error) => {
      if (!(error instanceof ApiError)) throw error
      locals.refused = error
      handle()
    })
  }
  return faults.guard('http.request', answer, (_error, { socket }) => socket.destroy())
}

/** What the system does to send a megabyte, in milliseconds: most of it goes out after its turn. */
const MEGABYTE_MS = 1.2

const payForSending = (
  { socket }: IncomingMessage,
  response: ServerResponse,
  { pay }: Locals,
  faults: Faults,
): void => {
  const before = socket.bytesWritten
  const sent = (): void => pay(((socket.bytesWritten - before) / 1e6) * MEGABYTE_MS)
  response.once('close', faults.guard('http.request', sent))
}

const tooSoon = (owed: number): ApiError => {
  const seconds = Math.ceil(owed / 1000)
  return new ApiError('rate_limited', { headers: { 'Retry-After': String(seconds) } })
}

export const localsOf = ({ locals }: Response): Locals => locals as unknown as Locals

/** Has pieces of work done at the cost of whoever asked. */
export const workOf = (response: Response): Work => localsOf(response).work
/** Has whoever asked pay for what is done elsewhere, in milliseconds. */
export const payOf = (response: Response): ((cost: number) => void) => localsOf(response).pay

/** Refuses what was not let in. */
export const refuse: RequestHandler = (_request, response, next) => {
  const { refused } = localsOf(response)
  if (refused) throw refused
  next()
}

/** What a file costs besides, in milliseconds: to look for it, and to read each megabyte. */
const FILE_MS = { each: 0.3, megabyte: 0.3 }
/** What it costs to write all figures, in milliseconds. */
const FIGURES_MS = 2

/** Files are read and sent by the system: what that costs is not measured, and is paid by their size. */
export const payForFile =
  (faults: Faults): RequestHandler =>
  (_request, response, next) => {
    const before = response.socket?.bytesWritten ?? 0
    const pay = (): void => {
      const bytes = (response.socket?.bytesWritten ?? before) - before
      localsOf(response).pay(FILE_MS.each + (bytes / 1e6) * FILE_MS.megabyte)
    }
    response.once('close', faults.guard('http.request', pay))
    next()
  }

/** Figures are written in steps that nobody sees: they are paid for together. */
export const payForFigures: RequestHandler = (_request, response, next) => {
  localsOf(response).pay(FIGURES_MS)
  next()
}
