import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ClientSecrets } from '../ports.ts'

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** SHA-256 is enough: a secret of 256 random bits cannot be guessed, so nothing slow has to protect it. */
export const sha256ClientSecrets: ClientSecrets = {
  make: () => randomBytes(32).toString('hex'),
  hash,
  matches(secret, kept) {
    const given = Buffer.from(hash(secret), 'hex')
    const wanted = Buffer.from(kept, 'hex')
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  },
}
