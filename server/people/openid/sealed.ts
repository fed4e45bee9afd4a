import { hkdfSync } from 'node:crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'

/**
 * What a browser keeps for us and can neither read nor change: the state of a sign-in that is under way, and what
 * renews it later. For each purpose another key is made of the floor's secret.
 */
export type Sealed<T> = {
  seal: (value: T, seconds: number) => Promise<string>
  /** Null where it is not ours, not for this, or too old. */
  open: (text: string) => Promise<T | null>
}

const KEY_BYTES = 32

export const createSealed = <T extends object>(secret: Uint8Array, purpose: string): Sealed<T> => {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `watchfloor ${purpose}`, KEY_BYTES))
  return {
    seal: (value, seconds) =>
      new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(`${seconds} s`)
        .encrypt(key),
    open: async (text) => {
      try {
        const { payload } = await jwtDecrypt(text, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          requiredClaims: ['exp'],
        })
        return payload.value as T
      } catch {
        return null
      }
    },
  }
}
