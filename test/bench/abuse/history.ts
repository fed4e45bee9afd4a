/**
 * What Redis holds before the first abuse: symbols with candles of so many minutes, devices, the first of them with a
 * track.
 */
export const HISTORY = { symbols: 1000, minutes: 400, devices: 2000, tracks: 20, fixes: 2000 }

export const deviceName = (i: number): string => `BENCH-${i}`
