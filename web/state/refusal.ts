import { ERROR_CODES, type ErrorCode, type WireError } from '../../wire/protocol.ts'

/** What stands in place of something that this person may not see. */
export const NOT_SEEN = 'You may not see this.'

/** Whether it is kept from this person, rather than missing or out of reach. */
export const isWithheld = ({ code }: Pick<WireError, 'code'>): boolean => code === 'not_allowed'

/** Errors that say nothing of what was asked for: the same may go well in a moment. */
const PASSING: readonly ErrorCode[] = ['unavailable', 'rate_limited']
export const isPassing = ({ code }: Pick<WireError, 'code'>): boolean => PASSING.includes(code)

/** What an error says besides what all of its code say; empty where that is nothing. */
export const particulars = ({ code, message }: WireError): string => message.replace(ERROR_CODES[code], '').trim()
