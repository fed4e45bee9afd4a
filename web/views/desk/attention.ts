import type { Attention } from '../../state/desk/alerts.ts'

/** For so long no other tab makes the same noise, in milliseconds. */
const ONCE = 2_000

const isAllowed = (): boolean => 'Notification' in globalThis && Notification.permission === 'granted'

/** Two short notes, softly. */
const play = async (): Promise<void> => {
  const audio = new AudioContext()
  const volume = audio.createGain()
  volume.connect(audio.destination)
  volume.gain.setValueAtTime(0.06, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5)
  for (const [at, pitch] of [
    [0, 660],
    [0.12, 880],
  ] as const) {
    const note = audio.createOscillator()
    note.frequency.value = pitch
    note.connect(volume)
    note.start(audio.currentTime + at)
    note.stop(audio.currentTime + at + 0.2)
  }
  await new Promise((resolve) => setTimeout(resolve, 800))
  await audio.close()
}

/** Does something in one tab only, of all that want to at about the same time. */
const once = (tag: string, act: () => Promise<void>): void => {
  // Where pages come without encryption there are no locks: each tab is heard.
  if (!('locks' in navigator)) return void act()
  void navigator.locks.request(`watchfloor ${tag}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return
    await Promise.all([act(), new Promise((resolve) => setTimeout(resolve, ONCE))])
  })
}

/** How this browser gets a person's attention. */
export const createAttention = (report: (error: unknown) => void): Attention => ({
  allowed: isAllowed,
  ask: async () => {
    if (!('Notification' in globalThis)) return false
    return isAllowed() || (await Notification.requestPermission()) === 'granted'
  },
  show: (title, body, tag, onClick) => {
    try {
      const shown = new Notification(title, { body, tag: `watchfloor ${tag}`, icon: '/mark.svg' })
      shown.onclick = () => {
        focus()
        onClick()
        shown.close()
      }
    } catch (error) {
      // Some phones show notifications of installed pages only.
      report(error)
    }
  },
  sound: (tag) => once(tag, () => play().catch(report)),
  visible: () => !document.hidden,
  looking: () => !document.hidden && document.hasFocus(),
})
