import { type Static, type TSchema, Type } from 'typebox'

/** The few shapes every schema is built from. */

export function enumOf<const T extends readonly string[]>(values: T, options: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })
}

/** The schema, or null. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] })
}

export const Text = Type.String()

/** A text that must be given and say something: white space alone does not. */
export const Reason = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' })
export const Flag = Type.Boolean()
export const Instant = Type.String({ format: 'date-time' })
export const Int32 = Type.Integer({ minimum: -2147483648, maximum: 2147483647 })
export const StringMap = Type.Record(Type.String(), Type.String())
/** The `{}` that every accepted command answers. */
export const Accepted = Type.Object({})

/** Type, id and name of something; `types` are the values that its type may have. */
export function reference<const T extends readonly string[]>(types: T, note?: string) {
  return Type.Object({ type: enumOf(types), id: Text, name: Text }, note ? { description: note } : {})
}

export const IdentityRef = reference(['IDENTITY'])

/** Where a list starts and how long its page is. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 250, default: 250, description: 'Rows on the page, at most 250.' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2147483647, default: 0, description: 'Rows to pass over before the page.' })),
  count: Type.Optional(Type.Boolean({ default: false, description: 'True adds the total as the header X-Total-Count.' })),
}

/** Paging for lists whose pages are shorter than usual. */
export function pagingUpTo(most: number) {
  return {
    ...paging,
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: most, default: most, description: `Rows on the page, at most ${most}.` })),
  }
}

const filters = Type.Optional(Type.String({ description: 'Which rows: field, operator, value; combined with and, or, not.' }))
const sorters = Type.Optional(Type.String({ description: 'Order: fields joined by commas, a minus before a field turns it round.' }))
export const sifting = { filters, sorters }

export const ItemTypes = ['ACCESS_PROFILE', 'ROLE', 'ENTITLEMENT'] as const
export const RequestTypes = ['GRANT_ACCESS', 'REVOKE_ACCESS', 'MODIFY_ACCESS'] as const
export const AccessRequestType = Type.Unsafe<(typeof RequestTypes)[number] | null>({
  type: ['string', 'null'],
  enum: [...RequestTypes, null],
})

export const ErrorMessage = Type.Object({
  locale: nullable(Text),
  localeOrigin: Type.Unsafe<'DEFAULT' | 'REQUEST' | null>({ type: ['string', 'null'], enum: ['DEFAULT', 'REQUEST', null] }),
  text: Text,
})

export const ErrorResponse = Type.Object({
  detailCode: Text,
  trackingId: Text,
  messages: Type.Array(ErrorMessage),
  causes: Type.Array(ErrorMessage),
})

export const Unauthorized = Type.Object({ error: Text, error_description: Type.Optional(Text) })
export const TooManyRequests = Type.Object({ message: Text })
