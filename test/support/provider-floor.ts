import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../start/port.ts'
import { type Accounts, AUDIENCE, type IdentityProvider, startIdentityProvider } from './identity-provider.ts'

export type ProviderFloor = {
  provider: IdentityProvider
  /** Where the node has to listen, and its settings. */
  port: number
  env: Record<string, string>
  stop: () => Promise<void>
}

/** A real identity provider, and what a node needs to know of it. `rules`: what GRANTS_FILE holds. */
export const startProviderFloor = async (
  accounts: Accounts,
  rules: (clientId: string) => readonly object[],
): Promise<ProviderFloor> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const provider = await startIdentityProvider({ back: `${url}/signin/openid/back`, home: `${url}/`, accounts })
  const folder = mkdtempSync(join(tmpdir(), 'openid-'))
  writeFileSync(join(folder, 'grants.json'), JSON.stringify(rules(provider.client.id)))
  writeFileSync(join(folder, 'secret'), `${provider.client.secret}\n`)
  return {
    provider,
    port,
    env: {
      ACCESS: 'openid',
      PUBLIC_URL: url,
      OPENID_ISSUER: provider.issuer,
      OPENID_CLIENT_ID: provider.client.id,
      OPENID_CLIENT_SECRET_FILE: join(folder, 'secret'),
      OPENID_SCOPE: 'openid profile offline_access',
      OPENID_AUDIENCE: AUDIENCE,
      GRANTS_FILE: join(folder, 'grants.json'),
    },
    stop: async () => {
      await provider.stop()
      rmSync(folder, { recursive: true })
    },
  }
}
