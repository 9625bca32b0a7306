/** What went wrong, in the words of the product. The HTTP layer decides how it looks on the wire. */
export type ErrorCode =
  | 'malformed'
  | 'invalid'
  | 'unknown_reference'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_many'

/** A refusal. `field` names the part of the input that must change, where one part can be named. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, field?: string) {
    super(field === undefined ? message : `${field}: ${message}`)
    this.code = code
    this.field = field
  }
}
