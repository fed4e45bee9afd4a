/** What a link holds after its `#`, where no request, log or Referer has it: the token of an invitation or a share. */
export type Key = { kind: 'invitation' | 'share'; token: string }

const KEY = /#(in|share)=([^\s&]{1,8000})/

/** The key in an address, or in whatever somebody pasted; null where there is none. */
export const keyIn = (text: string): Key | null => {
  const [, kind, token] = KEY.exec(text) ?? []
  if (token === undefined) return null
  return { kind: kind === 'in' ? 'invitation' : 'share', token }
}

const REFUSED = /^#refused=(denied|away)$/

/**
 * Why an identity provider's answer let nobody in, as the node wrote it into the address: it said no, or it could not be
 * reached. Null where the address says nothing of that.
 */
export const refusedIn = (text: string): 'denied' | 'away' | null =>
  (REFUSED.exec(text)?.[1] as 'denied' | 'away' | undefined) ?? null

/** The address of a share's page once its token has been taken out: a reload finds the page again. */
export const SHARE_PLACE = '#share'
