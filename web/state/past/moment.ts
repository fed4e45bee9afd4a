/** A moment in words, by this browser's clock. */
const clock = new Intl.DateTimeFormat('en-GB', {
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
})
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })

/** `08:15:07` */
export const clockText = (at: number): string => clock.format(at)
/** `08:15` */
export const minuteText = (at: number): string => minutes.format(at)
/** `Mon 30 Nov` */
export const dayText = (at: number): string => day.format(at).replace(',', '')
/** `Mon 30 Nov 2026` */
export const dateText = (at: number): string => date.format(at).replace(',', '')
/** `November 2026` */
export const monthText = (at: number): string => month.format(at)
/** `Mon 30 Nov 2026 08:15:07` */
export const momentText = (at: number): string => `${dateText(at)} ${clockText(at)}`
/** The name of this browser's time zone. */
export const zoneText = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ')
