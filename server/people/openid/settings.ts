import type { Config } from '../../config.ts'
import type { OpenIdSettings } from './openid.ts'

type Given = Pick<
  Config,
  | 'OPENID_ISSUER'
  | 'OPENID_CLIENT_ID'
  | 'OPENID_CLIENT_SECRET_FILE'
  | 'OPENID_SCOPE'
  | 'OPENID_AUDIENCE'
  | 'OPENID_SESSION_S'
  | 'GRANTS_FILE'
  | 'PUBLIC_URL'
>

/** The settings of the identity provider; throws one line that names what is missing. */
export const openIdSettings = (config: Given): OpenIdSettings => {
  const { OPENID_ISSUER: issuer, OPENID_CLIENT_ID: clientId, GRANTS_FILE: grantsFile, PUBLIC_URL: publicUrl } = config
  if (issuer && clientId && grantsFile && publicUrl)
    return {
      issuer,
      clientId,
      clientSecretFile: config.OPENID_CLIENT_SECRET_FILE,
      grantsFile,
      publicUrl,
      scope: config.OPENID_SCOPE,
      audience: config.OPENID_AUDIENCE ?? clientId,
      sessionMs: config.OPENID_SESSION_S * 1000,
    }
  const needed = { OPENID_ISSUER: issuer, OPENID_CLIENT_ID: clientId, GRANTS_FILE: grantsFile, PUBLIC_URL: publicUrl }
  const missing = Object.entries(needed).flatMap(([name, value]) => (value ? [] : [name]))
  throw new Error(`ACCESS=openid needs ${missing.join(', ')} (docs/openid.md)`)
}
