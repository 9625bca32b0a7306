import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const key = (char: string) => `${char}123456789abcdef`.repeat(4).slice(0, 64)
const production = { DATABASE_URL: 'postgres://db/x', COUNTERSIGN_SIGNING_KEY: key('a'), COUNTERSIGN_ENCRYPTION_KEY: key('b') }

test('an empty environment makes a sandbox on loopback with no rate limit', () => {
  const config = readConfig('sandbox', {})
  expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, databaseUrl: undefined, rateLimit: undefined, schema: 'countersign' })
})

test('production takes 100 calls in 10 seconds unless told otherwise', () => {
  expect(readConfig('production', production).rateLimit).toEqual({ calls: 100, windowMs: 10_000 })
  expect(readConfig('production', { ...production, COUNTERSIGN_RATE_LIMIT: 'off' }).rateLimit).toBeUndefined()
})

test.each(['DATABASE_URL', 'COUNTERSIGN_SIGNING_KEY', 'COUNTERSIGN_ENCRYPTION_KEY'])(
  'production without %s does not start and says so',
  (name) => {
    expect(() => readConfig('production', { ...production, [name]: undefined })).toThrow(new RegExp(`Production needs ${name}`))
  },
)

const refused: [string, Record<string, string>, RegExp][] = [
  ['a placeholder for a key', { ...production, COUNTERSIGN_SIGNING_KEY: '0'.repeat(64) }, /placeholder/],
  ['one key for both purposes', { ...production, COUNTERSIGN_ENCRYPTION_KEY: key('a') }, /must not be the same/],
  ['a key that is too short', { ...production, COUNTERSIGN_SIGNING_KEY: 'abc' }, /64 hex characters/],
  ['a name that there is not', { ...production, COUNTERSIGN_PROT: '1' }, /COUNTERSIGN_PROT: there is no such setting/],
  ['a port that is none', { ...production, PORT: '99999' }, /PORT=99999: give a whole number from 0 to 65535/],
  ['a rate that cannot be read', { ...production, COUNTERSIGN_RATE_LIMIT: '5' }, /100\/10s/],
  ['the schema public', { ...production, COUNTERSIGN_SCHEMA: 'public' }, /COUNTERSIGN_SCHEMA/],
]
test.each(refused)('%s is refused by name', (_what, env, message) => {
  expect(() => readConfig('production', env)).toThrow(ConfigError)
  expect(() => readConfig('production', env)).toThrow(message)
})

const withMail = { ...production, COUNTERSIGN_MAIL_FROM: 'Access <access@example.com>' }

test.each(['mail.example.com', 'http://mail.example.com', 'smtp://ann:geheim@mail.example.com:587/path'])(
  'the mail server %s is refused without a word of what may be its password',
  (url) => {
    const read = () => readConfig('production', { ...withMail, COUNTERSIGN_SMTP_URL: url })
    expect(read).toThrow(/COUNTERSIGN_SMTP_URL: give such as smtp:/)
    expect(read).not.toThrow(/geheim/)
  },
)

test('a mail server needs an address to send from in production', () => {
  const url = { COUNTERSIGN_SMTP_URL: 'smtps://ann:geheim@mail.example.com' }
  expect(() => readConfig('production', { ...production, ...url })).toThrow(/COUNTERSIGN_MAIL_FROM/)
  expect(readConfig('production', { ...withMail, ...url }).mail).toMatchObject({ smtpUrl: url.COUNTERSIGN_SMTP_URL })
})

test.each(['Access', 'ann@example.com, eve@example.com', 'Access <ann@example.com>\r\nBcc: eve@example.com'])(
  'mails cannot be from %j',
  (from) => {
    expect(() => readConfig('production', { ...production, COUNTERSIGN_MAIL_FROM: from })).toThrow(/COUNTERSIGN_MAIL_FROM/)
  },
)

test('a sandbox refuses to listen beyond loopback', () => {
  expect(() => readConfig('sandbox', { HOST: '0.0.0.0' })).toThrow(/127\.0\.0\.1 only/)
})

const withProvider = {
  ...production,
  COUNTERSIGN_PUBLIC_URL: 'https://access.example.com',
  COUNTERSIGN_OIDC_ISSUER: 'https://login.example.com',
  COUNTERSIGN_OIDC_CLIENT_ID: 'countersign',
}

test('a provider needs a client, an address browsers can be sent back to, and TLS unless it is this machine', () => {
  const read = (over: Record<string, string | undefined>) => readConfig('production', { ...withProvider, ...over })
  expect(() => read({ COUNTERSIGN_OIDC_CLIENT_ID: undefined })).toThrow(/given together/)
  expect(() => read({ COUNTERSIGN_OIDC_ISSUER: undefined })).toThrow(/given together/)
  expect(() => read({ COUNTERSIGN_PUBLIC_URL: undefined })).toThrow(/needs COUNTERSIGN_PUBLIC_URL/)
  expect(() => read({ COUNTERSIGN_OIDC_ISSUER: 'http://login.example.com' })).toThrow(/give an https address/)
  expect(() => read({ COUNTERSIGN_OIDC_ISSUER: 'login' })).toThrow(/give an https address/)
  expect(read({ COUNTERSIGN_OIDC_ISSUER: 'http://127.0.0.1:9000' }).openId?.issuer).toBe('http://127.0.0.1:9000')
  expect(readConfig('production', production).openId).toBeUndefined()
})

test('people are found by mail address, or by alias when another claim names them, unless the setting says otherwise', () => {
  const match = (over: Record<string, string>) => readConfig('production', { ...withProvider, ...over }).openId?.match
  expect(match({})).toEqual({ claim: 'email', by: 'email' })
  expect(match({ COUNTERSIGN_OIDC_CLAIM: 'upn' })).toEqual({ claim: 'upn', by: 'alias' })
  expect(match({ COUNTERSIGN_OIDC_CLAIM: 'upn', COUNTERSIGN_OIDC_MATCH: 'email' })).toEqual({ claim: 'upn', by: 'email' })
  expect(() => match({ COUNTERSIGN_OIDC_MATCH: 'name' })).toThrow(/COUNTERSIGN_OIDC_MATCH=name/)
})
