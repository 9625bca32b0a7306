import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import { exceptBeta } from '../../src/api/dialect.ts'
import type { JsonSchema } from '../../src/api/openapi.ts'
import { AccountActivityDocument, EventDocument, IdentityDocument } from '../../src/api/search.ts'
import { answerDifferences } from '../support/compare-published.ts'
import { unsaidInDocuments } from '../support/known-differences-search.ts'
import { absentReason, type PublishedSchema, publishedAt } from '../support/published.ts'

/** Each kind of document against its own part of the published answer. */

const ours: Record<'event' | 'accountactivity' | 'identity', TSchema> = {
  event: EventDocument,
  accountactivity: AccountActivityDocument,
  identity: IdentityDocument,
}
/** Extra on purpose; see known-differences-search.ts. */
const more = /\.(actor|target)\.id$/

function publishedDocument(dialect: (typeof exceptBeta)[number], kind: keyof typeof ours): PublishedSchema {
  const path = dialect === 'v1' ? '/search/v1' : '/search'
  const schema = Object.values(publishedAt(dialect, 'POST', path)?.responses['200']?.content ?? {})[0]?.schema
  const all = (schema?.items?.oneOf ?? []) as (PublishedSchema & { 'x-schema': string })[]
  const found = all.find((one) => one['x-schema'].toLowerCase() === `${kind}documents`)
  if (!found) throw new Error(`no ${kind} document is published in ${dialect}`)
  return found
}

// Without a copy of the published schemas there is nothing to compare with; published-schemas.test.ts fails then in CI.
describe.skipIf(absentReason)('compared with the published documents', () => {
  const pairs = exceptBeta.flatMap((dialect) => (Object.keys(ours) as (keyof typeof ours)[]).map((kind) => ({ dialect, kind })))

  test.each(pairs)('in $dialect a document of the kind $kind says nothing else, and leaves out only what is known', ({ dialect, kind }) => {
    const differences = answerDifferences(ours[kind] as JsonSchema, publishedDocument(dialect, kind))
    const known = unsaidInDocuments[kind]
    const strange = differences.filter(({ place, kind: how }) => {
      if (how === 'required') return false // Everything may be left out by the caller (queryResultFilter).
      return how === 'unsent' ? !known.some((one) => one.place.test(place)) : !(how === 'extra' && more.test(place))
    })
    expect(strange).toEqual([])
    expect(known.filter((one) => !differences.some(({ place, kind: how }) => how === 'unsent' && one.place.test(place)))).toEqual([])
  })
})
