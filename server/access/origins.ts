/**
 * Whether a page of this origin may connect: the node's own pages, and the origins that are listed. Programs other
 * than browsers send no origin and are let in; they prove who they are by other means.
 */
export const allowsOrigin = (
  origin: string | undefined,
  host: string | undefined,
  listed: readonly string[],
): boolean => {
  if (origin === undefined || listed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
