import { conflateRegister } from '../conflate.ts'
import type { RegisterSnapshot } from '../register.ts'
import { exactly } from './id.ts'
import type { Kind } from './kind.ts'

const empty: RegisterSnapshot = { count: 0 }

/** Which devices there are. There is one topic of it: `r:devices`. */
export const register = {
  letter: 'r',
  id: Array.from('devices', (letter) => exactly(1, letter)),
  parts: ['log', 'entries'],
  empty,
  conflate: conflateRegister,
  byName: true,
  missing: null,
} as const satisfies Kind
