import type { ReadonlySignal } from '@preact/signals'
import type { Action } from '../../../wire/grants.ts'
import type { Me } from '../../../wire/people.ts'
import type { WireError } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'

/** What the desk needs to know of whoever is signed in. */
export type DeskPerson = {
  /** Null where nobody is; its `id` is null for one who has not given a name on an open floor. */
  me: ReadonlySignal<Me | null>
  may: (action: Action, topic: Topic) => boolean
  /** Whether they may do this to any topic whose name begins so. */
  mayAny: (action: Action, start: string) => boolean
  /** Gives oneself a name on an open floor. Resolves with what was wrong with it; null: nothing. */
  giveName: (name: string) => Promise<WireError | null>
}
