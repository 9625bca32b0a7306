import type { ClientContext } from '../operations/make-client.ts'
import type { OpenIdMatch } from '../operations/sign-in-by-openid.ts'
import type { Clock, Logger, OpenIdProvider, SecretBox, Tokens } from '../ports.ts'
import type { Heard, Listening } from '../store/listening.ts'
import type { SessionLife } from '../store/web-sessions.ts'

/** Everything a route may reach. Built once in main.ts, or in test/support/app.ts. */
export interface App extends ClientContext {
  /** Real time: tokens and rate limits. */
  clock: Clock
  tokens: Tokens
  secrets: SecretBox
  /** Where people sign in; undefined where that is not set up. */
  openId: OpenIdProvider | undefined
  log: Logger
  settings: HttpSettings
  /** Hears what this and other nodes have committed. */
  listen(heard: Heard): Listening
  /** Work was enqueued: look for it now instead of at the next poll. Only a hint; nothing depends on it. */
  wakeWorkers(): void
}

export interface HttpSettings {
  sandbox: boolean
  /** The origin clients are told, without a slash at the end; empty: whatever host the caller used. */
  publicUrl: string
  tenantName: string
  tenantId: string
  strictExperimental: boolean
  rateLimit: { calls: number; windowMs: number } | undefined
  bodyLimitBytes: number
  /** Jobs at work with one target at a time, unless its source has a limit of its own. */
  jobsPerSource: number
  requestTimeoutMs: number
  /** The longest a search may look. */
  searchTimeoutMs: number
  session: SessionLife
  openIdMatch: OpenIdMatch
  /** The built web client: index.html and assets/. It may be missing. */
  webFolder: string
}
