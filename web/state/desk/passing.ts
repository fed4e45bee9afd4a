import type { ErrorCode } from '../../../wire/protocol.ts'

/** Whether what was refused for this will be done if it is asked for again, later. */
export const isPassing = (code: ErrorCode): boolean => code === 'unavailable' || code === 'rate_limited'
