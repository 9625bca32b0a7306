import { isAbsolute, resolve } from 'node:path'

/** Everything that can be set, read once. `process.env` is used nowhere else. */
export interface Config {
  mode: 'sandbox' | 'production'
  host: string
  port: number
  dataFolder: string
  /** Undefined: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | undefined
  schema: string
  poolSize: number
  publicUrl: string
  tenantName: string
  /** What a sandbox begins with: the demo organisation after a year, or as it was imported. */
  demo: 'year' | 'organisation'
  signingKey: string | undefined
  encryptionKey: string | undefined
  rateLimit: { calls: number; windowMs: number } | undefined
  strictExperimental: boolean
  bodyLimitBytes: number
  requestTimeoutMs: number
  statementTimeoutMs: number
  searchTimeoutMs: number
  lockTimeoutMs: number
  giveUpAfterMs: number
  workerConcurrency: number
  session: { idleMs: number; longestMs: number }
  /** Undefined: nobody signs in with OpenID Connect. */
  openId:
    | { issuer: string; clientId: string; clientSecret: string | undefined; match: { claim: string; by: 'email' | 'alias' } }
    | undefined
  jobsPerSource: number
  keep: { answersDays: number; eventsDays: number; noticesDays: number }
  mail: { smtpUrl: string | undefined; from: string; settleMs: number; endingSoonDays: number }
  logLevel: string
}

interface Setting {
  name: string
  about: string
  usual: string
  secret?: boolean
}

/** One line per setting; `countersign doctor` prints them and docs/operating.md lists them. */
export const settings: Setting[] = [
  { name: 'PORT', usual: '8080', about: 'The port to listen on; 0 takes any free one.' },
  {
    name: 'HOST',
    usual: '127.0.0.1 in sandbox, 0.0.0.0 in production',
    about: 'The address to listen on; sandbox listens on loopback only.',
  },
  { name: 'COUNTERSIGN_DATA', usual: './data', about: 'The data folder: the embedded database, sandbox keys and credentials.' },
  { name: 'DATABASE_URL', usual: '(embedded PostgreSQL)', about: 'A PostgreSQL 15 or newer; required in production.', secret: true },
  { name: 'COUNTERSIGN_SCHEMA', usual: 'countersign', about: 'The schema of this tenant.' },
  { name: 'COUNTERSIGN_POOL_SIZE', usual: '10', about: 'Database connections per node.' },
  { name: 'COUNTERSIGN_PUBLIC_URL', usual: '(the host the caller used)', about: 'The origin that clients are told.' },
  { name: 'COUNTERSIGN_TENANT', usual: 'countersign', about: 'The name of the tenant in tokens and /oauth/info.' },
  {
    name: 'COUNTERSIGN_DEMO',
    usual: 'year',
    about: 'What a sandbox begins with: year, the demo organisation after a year of requests; or organisation, without them.',
  },
  {
    name: 'COUNTERSIGN_SIGNING_KEY',
    usual: '(made in sandbox)',
    about: 'Signs access tokens: 32 bytes as 64 hex characters, the same on all nodes.',
    secret: true,
  },
  {
    name: 'COUNTERSIGN_ENCRYPTION_KEY',
    usual: '(made in sandbox)',
    about: 'Encrypts connector credentials: 32 bytes as 64 hex characters, the same on all nodes.',
    secret: true,
  },
  {
    name: 'COUNTERSIGN_RATE_LIMIT',
    usual: '100/10s in production, off in sandbox',
    about: 'Calls per client and version, as CALLS/SECONDSs, or off.',
  },
  { name: 'COUNTERSIGN_EXPERIMENTAL', usual: 'lenient', about: 'strict demands X-SailPoint-Experimental where the contract does.' },
  { name: 'COUNTERSIGN_BODY_LIMIT', usual: '1048576', about: 'The largest body taken, in bytes.' },
  {
    name: 'COUNTERSIGN_REQUEST_TIMEOUT_MS',
    usual: '30000',
    about: 'The longest a call may take to arrive, and the longest a connection may be silent.',
  },
  { name: 'COUNTERSIGN_STATEMENT_TIMEOUT_MS', usual: '20000', about: 'The longest one SQL statement may run.' },
  {
    name: 'COUNTERSIGN_SEARCH_TIMEOUT_MS',
    usual: '10000',
    about: 'The longest a search may look; one that would take longer is a 400 that says how to narrow it.',
  },
  { name: 'COUNTERSIGN_LOCK_TIMEOUT_MS', usual: '5000', about: 'The longest a statement waits for a lock.' },
  {
    name: 'COUNTERSIGN_GIVE_UP_AFTER_MS',
    usual: '86400000',
    about: 'How long a target is tried before a provisioning step fails for good.',
  },
  { name: 'COUNTERSIGN_WORKERS', usual: '4', about: 'Jobs a worker node does at the same time.' },
  {
    name: 'COUNTERSIGN_SESSION_IDLE_MS',
    usual: '3600000',
    about: 'A browser session ends after so long without a call.',
  },
  {
    name: 'COUNTERSIGN_SESSION_LONGEST_MS',
    usual: '43200000',
    about: 'A browser session ends after so long whatever its person does.',
  },
  {
    name: 'COUNTERSIGN_OIDC_ISSUER',
    usual: '(no sign-in with OpenID Connect)',
    about: 'The OpenID provider that people sign in at, such as https://login.example.com.',
  },
  { name: 'COUNTERSIGN_OIDC_CLIENT_ID', usual: '(none)', about: 'The client that Countersign is at the provider.' },
  {
    name: 'COUNTERSIGN_OIDC_CLIENT_SECRET',
    usual: '(a public client)',
    about: 'The secret of that client.',
    secret: true,
  },
  { name: 'COUNTERSIGN_OIDC_CLAIM', usual: 'email', about: 'The claim that names a person.' },
  {
    name: 'COUNTERSIGN_OIDC_MATCH',
    usual: 'email for the claim email, else alias',
    about: 'What the claim is compared with: email or alias.',
  },
  {
    name: 'COUNTERSIGN_SOURCE_JOBS',
    usual: '8',
    about: 'Jobs that are at work with one target at the same time, on all nodes together; a source may have a limit of its own.',
  },
  {
    name: 'COUNTERSIGN_SMTP_URL',
    usual: '(mails become files)',
    about: 'The mail server: smtp://user:password@host:587, or smtps://…:465. Without it mails are written to COUNTERSIGN_DATA/mail.',
    secret: true,
  },
  {
    name: 'COUNTERSIGN_MAIL_FROM',
    usual: 'countersign@localhost',
    about: 'The address mails are from, alone or as Name <address>; needed with COUNTERSIGN_SMTP_URL in production.',
  },
  {
    name: 'COUNTERSIGN_MAIL_SETTLE_MS',
    usual: '2000',
    about: 'How long a mail waits, so that what comes meanwhile goes into the same one.',
  },
  {
    name: 'COUNTERSIGN_ENDING_SOON_DAYS',
    usual: '7',
    about: 'How many days before its end the holder of access is told; 0 for never.',
  },
  {
    name: 'COUNTERSIGN_KEEP_ANSWERS_DAYS',
    usual: '7',
    about: 'How long the answer to an Idempotency-Key is kept, in days; 0 for ever.',
  },
  {
    name: 'COUNTERSIGN_KEEP_EVENTS_DAYS',
    usual: '30',
    about: 'How long events for others and readings of targets are kept, in days; 0 for ever.',
  },
  {
    name: 'COUNTERSIGN_KEEP_NOTICES_DAYS',
    usual: '90',
    about: 'How long notices that went out, and mails that are files, are kept, in days; 0 for ever.',
  },
  { name: 'COUNTERSIGN_LOG_LEVEL', usual: 'info', about: 'trace, debug, info, warn, error or silent.' },
]

/** A setting that cannot be used; the message names it and says what to give. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Every setting with what the environment gives for it; secrets only as given or not. */
export function describeSettings(env: Env = process.env): (Setting & { given: string | undefined })[] {
  return settings.map((setting) => {
    const value = env[setting.name]
    return { ...setting, given: value && setting.secret ? '(given)' : value || undefined }
  })
}

type Env = Record<string, string | undefined>

/** Reads the environment. Refuses (ConfigError) unknown COUNTERSIGN_ names, values that cannot be read, and in production anything missing or made for a sandbox. */
export function readConfig(mode: Config['mode'], env: Env = process.env): Config {
  const known = new Set(settings.map((setting) => setting.name))
  const unknown = Object.keys(env).filter((name) => name.startsWith('COUNTERSIGN_') && !known.has(name))
  if (unknown.length > 0)
    throw new ConfigError(`${unknown.join(', ')}: there is no such setting. The settings are ${[...known].join(', ')}.`)
  const dataFolder = env['COUNTERSIGN_DATA'] || 'data'
  const config: Config = {
    mode,
    host: env['HOST'] || (mode === 'sandbox' ? '127.0.0.1' : '0.0.0.0'),
    port: whole(env, 'PORT', 8080, 0, 65535),
    dataFolder: isAbsolute(dataFolder) ? dataFolder : resolve(dataFolder),
    databaseUrl: env['DATABASE_URL'] || undefined,
    schema: schemaName(env['COUNTERSIGN_SCHEMA'] || 'countersign'),
    poolSize: whole(env, 'COUNTERSIGN_POOL_SIZE', 10, 2, 200),
    publicUrl: origin(env['COUNTERSIGN_PUBLIC_URL'] ?? ''),
    tenantName: env['COUNTERSIGN_TENANT'] || 'countersign',
    demo: oneOf(env, 'COUNTERSIGN_DEMO', ['year', 'organisation']) as Config['demo'],
    signingKey: key(env, 'COUNTERSIGN_SIGNING_KEY'),
    encryptionKey: key(env, 'COUNTERSIGN_ENCRYPTION_KEY'),
    rateLimit: rateLimit(env['COUNTERSIGN_RATE_LIMIT'] || (mode === 'sandbox' ? 'off' : '100/10s')),
    strictExperimental: oneOf(env, 'COUNTERSIGN_EXPERIMENTAL', ['lenient', 'strict']) === 'strict',
    bodyLimitBytes: whole(env, 'COUNTERSIGN_BODY_LIMIT', 1_048_576, 1_024, 104_857_600),
    requestTimeoutMs: whole(env, 'COUNTERSIGN_REQUEST_TIMEOUT_MS', 30_000, 100, 600_000),
    statementTimeoutMs: whole(env, 'COUNTERSIGN_STATEMENT_TIMEOUT_MS', 20_000, 100, 600_000),
    searchTimeoutMs: whole(env, 'COUNTERSIGN_SEARCH_TIMEOUT_MS', 10_000, 100, 600_000),
    lockTimeoutMs: whole(env, 'COUNTERSIGN_LOCK_TIMEOUT_MS', 5_000, 10, 600_000),
    giveUpAfterMs: whole(env, 'COUNTERSIGN_GIVE_UP_AFTER_MS', 86_400_000, 0, 31_536_000_000),
    workerConcurrency: whole(env, 'COUNTERSIGN_WORKERS', 4, 1, 100),
    session: {
      idleMs: whole(env, 'COUNTERSIGN_SESSION_IDLE_MS', 3_600_000, 60_000, 2_592_000_000),
      longestMs: whole(env, 'COUNTERSIGN_SESSION_LONGEST_MS', 43_200_000, 60_000, 2_592_000_000),
    },
    openId: openIdSettings(env),
    jobsPerSource: whole(env, 'COUNTERSIGN_SOURCE_JOBS', 8, 1, 1_000),
    keep: {
      answersDays: whole(env, 'COUNTERSIGN_KEEP_ANSWERS_DAYS', 7, 0, 36_500),
      eventsDays: whole(env, 'COUNTERSIGN_KEEP_EVENTS_DAYS', 30, 0, 36_500),
      noticesDays: whole(env, 'COUNTERSIGN_KEEP_NOTICES_DAYS', 90, 0, 36_500),
    },
    mail: mailSettings(env),
    logLevel: oneOf(env, 'COUNTERSIGN_LOG_LEVEL', ['info', 'trace', 'debug', 'warn', 'error', 'silent']),
  }
  if (mode === 'sandbox') checkSandbox(config)
  else checkProduction(config)
  return config
}

function checkSandbox(config: Config): void {
  if (!['127.0.0.1', 'localhost', '::1'].includes(config.host)) {
    throw new ConfigError(
      `HOST=${config.host}: a sandbox lets anybody be anybody, so it listens on 127.0.0.1 only. Use "countersign serve" for production.`,
    )
  }
}

function checkProduction(config: Config): void {
  const missing = [
    ['DATABASE_URL', config.databaseUrl],
    ['COUNTERSIGN_SIGNING_KEY', config.signingKey],
    ['COUNTERSIGN_ENCRYPTION_KEY', config.encryptionKey],
  ].flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (missing.length > 0) {
    throw new ConfigError(
      `Production needs ${missing.join(', ')}. Make a key with "openssl rand -hex 32" and give all nodes the same. For a sandbox run "npm start".`,
    )
  }
  if (config.signingKey === config.encryptionKey)
    throw new ConfigError('COUNTERSIGN_ENCRYPTION_KEY must not be the same as COUNTERSIGN_SIGNING_KEY.')
  if (config.openId !== undefined && config.publicUrl === '')
    throw new ConfigError('COUNTERSIGN_OIDC_ISSUER needs COUNTERSIGN_PUBLIC_URL: the provider sends browsers back to it.')
  if (config.mail.smtpUrl !== undefined && config.mail.from === LOCAL_SENDER)
    throw new ConfigError('COUNTERSIGN_SMTP_URL needs COUNTERSIGN_MAIL_FROM: the address that mails are from.')
}

const LOCAL_SENDER = 'countersign@localhost'

function openIdSettings(env: Env): Config['openId'] {
  const issuer = env['COUNTERSIGN_OIDC_ISSUER'] || undefined
  const clientId = env['COUNTERSIGN_OIDC_CLIENT_ID'] || undefined
  if ((issuer === undefined) !== (clientId === undefined))
    throw new ConfigError('COUNTERSIGN_OIDC_ISSUER and COUNTERSIGN_OIDC_CLIENT_ID are given together or not at all.')
  const claim = env['COUNTERSIGN_OIDC_CLAIM'] || 'email'
  const ways: [string, ...string[]] = claim === 'email' ? ['email', 'alias'] : ['alias', 'email']
  const by = oneOf(env, 'COUNTERSIGN_OIDC_MATCH', ways) as 'email' | 'alias'
  if (issuer === undefined || clientId === undefined) return undefined
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url?.protocol !== 'https:' && !isLocal)
    throw new ConfigError(`COUNTERSIGN_OIDC_ISSUER=${issuer}: give an https address; http is for this machine only.`)
  return { issuer, clientId, clientSecret: env['COUNTERSIGN_OIDC_CLIENT_SECRET'] || undefined, match: { claim, by } }
}

function mailSettings(env: Env): Config['mail'] {
  return {
    smtpUrl: smtpUrl(env['COUNTERSIGN_SMTP_URL'] || undefined),
    from: sender(env['COUNTERSIGN_MAIL_FROM'] || LOCAL_SENDER),
    settleMs: whole(env, 'COUNTERSIGN_MAIL_SETTLE_MS', 2_000, 0, 3_600_000),
    endingSoonDays: whole(env, 'COUNTERSIGN_ENDING_SOON_DAYS', 7, 0, 365),
  }
}

/** It may hold a password, so the message does not repeat it. */
function smtpUrl(text: string | undefined): string | undefined {
  if (text !== undefined && !/^smtps?:\/\/[^\s/]+\/?(\?\S*)?$/.test(text)) {
    throw new ConfigError('COUNTERSIGN_SMTP_URL: give such as smtp://user:password@mail.example.com:587, special characters as %40.')
  }
  return text
}

function sender(text: string): string {
  if (!/^(?:[^<>"\r\n]+ <[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/.test(text)) {
    throw new ConfigError(`COUNTERSIGN_MAIL_FROM=${text}: give an address, or such as Access <access@example.com>.`)
  }
  return text
}

function whole(env: Env, name: string, usual: number, least: number, most: number): number {
  const text = env[name]
  if (text === undefined || text === '') return usual
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new ConfigError(`${name}=${text}: give a whole number from ${least} to ${most}.`)
  return value
}

function oneOf(env: Env, name: string, values: [string, ...string[]]): string {
  const value = env[name] || values[0]
  if (!values.includes(value)) throw new ConfigError(`${name}=${value}: give one of ${values.join(', ')}.`)
  return value
}

function key(env: Env, name: string): string | undefined {
  const value = env[name]
  if (value === undefined || value === '') return undefined
  if (!/^[0-9a-f]{64}$/i.test(value))
    throw new ConfigError(`${name}: give 32 bytes as 64 hex characters, for example from "openssl rand -hex 32".`)
  // A key of one repeated character is a placeholder somebody forgot to replace.
  if (new Set(value.toLowerCase()).size < 4)
    throw new ConfigError(`${name}: this is a placeholder, not a key; make one with "openssl rand -hex 32".`)
  return value
}

function rateLimit(text: string): Config['rateLimit'] {
  if (text === 'off') return undefined
  const [, calls, seconds] = /^(\d+)\/(\d+)s$/.exec(text) ?? []
  if (!calls || !seconds || Number(calls) < 1 || Number(seconds) < 1) {
    throw new ConfigError(`COUNTERSIGN_RATE_LIMIT=${text}: give calls per seconds such as 100/10s, or off.`)
  }
  return { calls: Number(calls), windowMs: Number(seconds) * 1000 }
}

function origin(text: string): string {
  const trimmed = text.replace(/\/+$/, '')
  if (trimmed !== '' && !/^https?:\/\/[^/\s]+$/.test(trimmed)) {
    throw new ConfigError(`COUNTERSIGN_PUBLIC_URL=${text}: give an origin such as https://access.example.com, without a path.`)
  }
  return trimmed
}

function schemaName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name) || name === 'public') {
    throw new ConfigError(`COUNTERSIGN_SCHEMA=${name}: give a name of lower-case letters, digits and underscores, not "public".`)
  }
  return name
}
