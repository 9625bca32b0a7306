/** The outside world, as small as we can make it. Real ones live in adapters/, fakes in test/support/; both pass test/ports/. */

export interface Clock {
  /** The present instant. Business time may be held in sandbox mode; real time never is. */
  now(): Date
}

export interface Ids {
  /** A new id: 32 lower-case hex characters that sort by age (UUIDv7 without dashes). */
  next(): string
}

/** An account as the target itself shows it. `values` holds, per attribute (`groups`), the entitlement values it has. */
export interface TargetAccount {
  nativeIdentity: string
  name: string
  disabled: boolean
  values: Record<string, string[]>
}

/** What a target needs to know to create an account. */
export interface NewTargetAccount {
  nativeIdentity: string
  displayName: string
  firstName: string
  lastName: string
  email: string | null
}

/** One entitlement value on one account: what is added, removed and read back. */
export interface TargetValue {
  nativeIdentity: string
  attribute: string
  value: string
}

/** Something that accounts of the target can have: a group, a role. */
export interface TargetEntitlement {
  attribute: string
  /** What `addValue` takes and what `TargetAccount.values` shows. */
  value: string
  /** For people. */
  name: string
  description: string | null
}

/**
 * A target system. Every call is one attempt with its own time limit and throws TargetError when it did not work.
 * Calls may be repeated: adding what is there, removing what is gone, creating an account that exists and disabling or enabling one that is
 * so already are no errors.
 */
export interface Connector {
  /** Reaches the target and checks the credentials; changes nothing. */
  test(): Promise<void>
  /** The account, or undefined when the target has none of that name. */
  readAccount(nativeIdentity: string): Promise<TargetAccount | undefined>
  createAccount(account: NewTargetAccount): Promise<void>
  addValue(value: TargetValue): Promise<void>
  removeValue(value: TargetValue): Promise<void>
  /** Keeps the person out without taking anything away. An account that is not there is out already. */
  disableAccount(nativeIdentity: string): Promise<void>
  /** Lets the person in again. Refuses an account that is not there. */
  enableAccount(nativeIdentity: string): Promise<void>
  /**
   * Every account, each once, with all its values, in no order worth mentioning. Reads page by page as the caller takes them, and ends in
   * a TargetError rather than early. What changes at the target meanwhile may be missed: only `readAccount` proves that something is not there.
   */
  listAccounts(): AsyncIterable<TargetAccount>
  /** Every entitlement, each once; otherwise like `listAccounts`. */
  listEntitlements(): AsyncIterable<TargetEntitlement>
  /** Frees sockets and pools. */
  close(): Promise<void>
}

export type TargetErrorKind =
  /** No answer, or the connection broke: the call may or may not have worked. */
  | 'unreachable'
  /** The target asks for patience (429, 503). */
  | 'busy'
  /** The target answered with an error that may pass (5xx, 408, 409, 412, 425). */
  | 'failed'
  /** The target refuses what we ask and will refuse it again (400, 401, 403, unknown value). */
  | 'refused'

/** Why a target did not do what it was asked, in the target's own words where it gave some. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly kind: TargetErrorKind
  /** How long the target asked us to wait, in milliseconds: with all its calls when it is busy, else with this one. */
  readonly retryAfterMs: number | undefined

  constructor(kind: TargetErrorKind, message: string, retryAfterMs?: number) {
    super(message)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

/** Access tokens: who a caller proved to be. */
export interface Tokens {
  /** A signed token and the seconds it lives. */
  issue(claims: TokenClaims, lifetimeSeconds: number): Promise<string>
  /** The claims of a token we signed that has not expired; a string says in words why it is none. */
  verify(token: string): Promise<TokenClaims | string>
}

export interface TokenClaims {
  clientId: string
  identityId: string | null
  userName: string | null
  authorities: string[]
  scopes: string[]
  tokenId: string
}

/** Secrets that clients show again: made once, kept only as a hash. */
export interface ClientSecrets {
  /** A new secret of 256 random bits. */
  make(): string
  hash(secret: string): string
  /** Compares in constant time. */
  matches(secret: string, hash: string): boolean
}

/** Keeps credentials at rest unreadable. */
export interface SecretBox {
  seal(plain: string): string
  /** Refuses (Error) text that was not sealed with our key. */
  open(sealed: string): string
}

/** One line per fact, readable alone and with fields. Never tokens, bodies, names or mail addresses. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** One mail to one person, written out. */
export interface Mail {
  to: string
  subject: string
  text: string
  html: string
  /** With its angle brackets. The same mail sent again carries the same one, so that a second copy can be known for what it is. */
  messageId: string
}

/** Whoever takes our mails. One call is one attempt, ends within a minute and throws MailError when it did not work. */
export interface Mailer {
  send(mail: Mail): Promise<void>
}

/** Mails that are kept as files. */
export interface KeptMails {
  /** Throws away those that were written before; returns how many. */
  deleteOlderThan(at: Date): Promise<number>
}

export type MailErrorKind =
  /** Nobody answers, or not to us (a wrong password, no TLS): no mail gets through, this one was not taken. */
  | 'unreachable'
  /** The server asks for patience with this mail (4xx): it was not taken. */
  | 'busy'
  /** The server does not want this mail (5xx): an address it does not know, a sender it does not let in. It was not taken. */
  | 'refused'
  /** The connection broke on the way: the mail may or may not have been taken. */
  | 'unknown'

/** Why a mail did not go out, in the server's own words where it gave some: they may name an address, so they are no text for a log. */
export class MailError extends Error {
  override readonly name = 'MailError'
  readonly kind: MailErrorKind

  constructor(kind: MailErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** What is kept with the browser while its person is away to sign in. */
export interface SignInChecks {
  state: string
  nonce: string
  codeVerifier: string
}

/** Where people prove who they are. Throws OpenIdError when that did not work. */
export interface OpenIdProvider {
  /** Where to send a browser that shall come back to `redirectUri`, and what must then fit. */
  begin(redirectUri: string): Promise<{ url: string; checks: SignInChecks }>
  /** Takes the address the browser came back to; returns what the provider says of the person, asking it further when `claim` is missing. */
  finish(attempt: { cameBackTo: string; checks: SignInChecks; claim: string }): Promise<Record<string, unknown>>
}

export class OpenIdError extends Error {
  override readonly name = 'OpenIdError'
  /** Nobody answers; the provider or the person said no; or what came does not fit what was asked. */
  readonly kind: 'unreachable' | 'refused' | 'invalid'

  constructor(kind: OpenIdError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}
