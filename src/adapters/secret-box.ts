import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SecretBox } from '../ports.ts'

const VERSION = 'v1'

/** A secret that cannot be opened. */
export class SealError extends Error {
  constructor() {
    super('A stored secret cannot be opened: it was sealed with another encryption key (in a sandbox: keys.json of the data folder).')
  }
}

function decipher(key: Uint8Array, text: string): string {
  const [version, nonce, tag, sealed] = text.split('.')
  if (version !== VERSION || !nonce || !tag || sealed === undefined) throw new Error('This is not a sealed secret.')
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
  cipher.setAuthTag(Buffer.from(tag, 'base64url'))
  return Buffer.concat([cipher.update(Buffer.from(sealed, 'base64url')), cipher.final()]).toString('utf8')
}

/** AES-256-GCM with a fresh nonce per secret; the key is 32 bytes that all nodes share. */
export function aesSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== 32) throw new Error('The encryption key must be 32 bytes.')
  return {
    seal(plain) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return [VERSION, nonce.toString('base64url'), cipher.getAuthTag().toString('base64url'), sealed.toString('base64url')].join('.')
    },
    open(text) {
      try {
        return decipher(key, text)
      } catch {
        throw new SealError()
      }
    },
  }
}
