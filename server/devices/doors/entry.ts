import type { IncomingMessage } from 'node:http'
import type { Report } from '../../../wire/devices.ts'
import { ERROR_CODES, type ErrorCode, type WireError } from '../../../wire/protocol.ts'
import { ApiError } from '../../http/errors.ts'
import type { Colleagues } from '../colleagues.ts'
import type { DevicePorts, Door, Heard } from '../ports.ts'

export type DoorPorts = Pick<DevicePorts, 'intake' | 'doorkeeper' | 'signOfLife' | 'answering' | 'history' | 'now'> & {
  colleagues: Colleagues
  /** Who pays for a request. */
  addressOf: (request: IncomingMessage) => string
}

/** When a device that is refused for now may come again, in seconds. */
const AGAIN_S: Partial<Record<ErrorCode, number>> = { unavailable: 5, rate_limited: 10 }

/** A failure of what doors are given, as HTTP tells it. `status`: where the door's protocol has another for a code. */
export const failure = (
  { code, message }: WireError,
  { more, status = {} }: { more?: string; status?: Partial<Record<ErrorCode, number>> } = {},
): ApiError => {
  const [own, again] = [status[code], AGAIN_S[code]]
  const said = more ?? message.replace(ERROR_CODES[code], '').trim()
  return new ApiError(code, {
    ...(said !== '' && { more: said }),
    ...(own !== undefined && { status: own }),
    ...(again !== undefined && { headers: { 'Retry-After': String(again) } }),
  })
}

/** Statuses of a door's protocol that differ from those of the API. */
export type Statuses = Partial<Record<ErrorCode, number>>
export type Entering = { id: string; key: string | null; request: IncomingMessage; status?: Statuses; signIn?: string }

const ADD_IT = 'Add it to the list of devices, or look at how its id is written.'

/** Lets a device in by its key; throws where it is not let in. `signIn`: what the header WWW-Authenticate offers. */
export const letIn = async (
  { doorkeeper, addressOf }: Pick<DoorPorts, 'doorkeeper' | 'addressOf'>,
  { id, key, request, status = {}, signIn }: Entering,
): Promise<string> => {
  const headers = signIn === undefined ? {} : { 'WWW-Authenticate': signIn }
  if (key === null) throw new ApiError('not_signed_in', { more: "The device's key is missing.", headers })
  const admitted = await doorkeeper.admit(id, key, addressOf(request))
  if (!('error' in admitted)) return admitted.id
  const { error } = admitted
  if (error.code === 'not_signed_in') throw new ApiError(error.code, { more: "This is not the device's key.", headers })
  throw failure(error, { status, ...(error.code === 'unknown_device' && { more: ADD_IT }) })
}

/** Takes what a device reported; throws where that cannot be now. */
export const take = async (
  { intake }: Pick<DoorPorts, 'intake'>,
  id: string,
  report: Report,
  door: Door,
): Promise<Heard> => {
  const heard = await intake.report(id, report, door)
  if ('error' in heard) throw failure(heard.error)
  return heard
}
