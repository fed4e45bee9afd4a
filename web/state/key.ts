/** What a link holds after its `#`, where no request, log or Referer has it: the token of an invitation or a share. */
export type Key = { kind: 'invitation' | 'share'; token: string }

const KEY = /#(in|share)=([^\s&]{1,8000})/

/** The key in an address, or in whatever somebody pasted; null where there is none. */
export const keyIn = (text: string): Key | null => {
  const [, kind, token] = KEY.exec(text) ?? []
  if (token === undefined) return null
  return { kind: kind === 'in' ? 'invitation' : 'share', token }
}

/** The address of a share's page once its token has been taken out: a reload finds the page again. */
export const SHARE_PLACE = '#share'
