/**
 * What orders trades and fixes, and so what "first" and "last" mean, whatever order they come in: time, then the
 * source's number.
 */
export type OrderKey = readonly [t: number, number: number]

export const isBefore = (a: OrderKey, b: OrderKey): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
