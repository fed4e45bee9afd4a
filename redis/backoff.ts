/**
 * How long to wait after so many attempts, in milliseconds: twice as long each time, from `first` up to `longest`.
 * Chance takes off up to half of it, so that those who lost the same server do not all come back at the same moment.
 */
export const backoff = (attempts: number, first: number, longest: number, random: () => number): number =>
  Math.min(first * 2 ** attempts, longest) * (0.5 + random() / 2)
