import { type ReadonlySignal, signal } from '@preact/signals'
import type { InboxItem } from '../../../wire/rooms.ts'
import type { Inbox } from './inbox.ts'

/** What a browser can do to be noticed. */
export type Attention = {
  /** Whether this browser shows notifications of this page: it was asked and said so. */
  allowed: () => boolean
  /** Asks the person. Only ever called by a click. */
  ask: () => Promise<boolean>
  /** One with the same `tag` takes the place of that before it. */
  show: (title: string, body: string, tag: string, onClick: () => void) => void
  /** Once for all tabs that hear of the same `tag`. */
  sound: (tag: string) => void
  /** Whether this page is on the screen, and whether it is also the one that is used. */
  visible: () => boolean
  looking: () => boolean
}

type Remembered = { get: () => boolean | null; set: (value: boolean) => void }
export type AlertsOptions = {
  attention: Attention
  inbox: Inbox
  prefs: { notifications: Remembered; sound: Remembered }
  /** Opens what an item is about. */
  open: (item: InboxItem) => void
  /** Whether nothing is to be noticed now: it is the past that is looked at. */
  hushed: () => boolean
}

/** The most letters of a message in a notification. */
const MOST_LETTERS = 180

/** Notifications and a sound for what comes into the inbox. Both are off until a person switches them on. */
export const createAlerts = ({ attention, inbox, prefs, open, hushed }: AlertsOptions) => {
  const notifications = signal(prefs.notifications.get() === true && attention.allowed())
  const sound = signal(prefs.sound.get() === true)
  /** The browser was told never to ask. */
  const refused = signal(false)

  const switchNotifications = async (): Promise<void> => {
    const next = !notifications.peek() && (await attention.ask())
    refused.value = !next && !notifications.peek()
    notifications.value = next
    prefs.notifications.set(next)
  }
  const switchSound = (): void => {
    sound.value = !sound.peek()
    prefs.sound.set(sound.peek())
    // So that one hears what it is like.
    if (sound.peek()) attention.sound('test')
  }
  const tell = (news: readonly InboxItem[]): void => {
    const newest = news.at(-1)
    if (newest === undefined || hushed()) return
    const { id, from, text, kind } = newest
    if (sound.peek()) attention.sound(id)
    if (!notifications.peek() || attention.looking()) return
    const title = kind === 'announcement' ? `${from.name} to everyone` : `${from.name} mentions you`
    const more = news.length > 1 ? ` (and ${news.length - 1} more)` : ''
    attention.show(title, `${[...text].slice(0, MOST_LETTERS).join('')}${more}`, id, () => open(newest))
  }

  return {
    notifications: notifications as ReadonlySignal<boolean>,
    sound: sound as ReadonlySignal<boolean>,
    refused: refused as ReadonlySignal<boolean>,
    /** Whether this page has to hear of news though nobody looks at it. */
    wanted: (): boolean => notifications.value || sound.value,
    switchNotifications: (): void => void switchNotifications(),
    switchSound,
    start: (): (() => void) => inbox.onNews(tell),
  }
}
export type Alerts = ReturnType<typeof createAlerts>
