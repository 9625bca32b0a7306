import { type TSchema, Type } from 'typebox'
import { exceptBeta } from './dialect.ts'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Instant, ItemTypes, nullable, Text } from './schema.ts'

/** The indices that are searched here; the contract has three more. */
export const searchedIndices = ['events', 'accountactivities', 'identities'] as const
export const publishedIndices = ['accessprofiles', 'accountactivities', 'entitlements', 'events', 'identities', 'roles'] as const

/** The furthest document that can be reached by counting; whoever wants more goes on with searchAfter. */
export const searchWindow = 10_000

/** An object of which a caller may have left anything out (queryResultFilter). */
function some(fields: Record<string, TSchema>) {
  return Type.Object(Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)])))
}

const Count = Type.Integer()
const Open = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })
const Ref = some({ id: Text, name: Text })
const PersonRef = some({ id: Text, name: Text, displayName: Text })
const TypedRef = some({ id: Text, name: Text, type: Text })
const everyDocument = { org: Text, pod: Text, _version: Text }

export const EventDocument = some({
  id: Text,
  name: Text,
  created: Instant,
  synced: Instant,
  action: Text,
  type: Text,
  actor: Ref,
  target: Ref,
  trackingNumber: Text,
  attributes: Open,
  objects: Type.Array(Text),
  operation: Text,
  status: Text,
  technicalName: Text,
  ...everyDocument,
  _type: enumOf(['event']),
})

const Attribute = some({ name: Text, op: Text, value: Text })

export const AccountActivityDocument = some({
  id: Text,
  action: Text,
  created: Instant,
  modified: Instant,
  synced: Instant,
  stage: Text,
  status: Text,
  requester: TypedRef,
  recipient: TypedRef,
  trackingNumber: Text,
  errors: Type.Array(Text),
  warnings: Type.Array(Text),
  approvals: Type.Array(
    some({
      comments: Type.Array(some({ comment: Text, commenter: Text, date: nullable(Instant) })),
      modified: Instant,
      owner: TypedRef,
      result: Text,
      attributeRequest: Attribute,
      source: TypedRef,
    }),
  ),
  originalRequests: Type.Array(some({ accountId: Text, attributeRequests: Type.Array(Attribute), op: Text, source: TypedRef })),
  expansionItems: Type.Array(Type.Object({})),
  accountRequests: Type.Array(
    some({
      accountId: Text,
      attributeRequests: Type.Array(Attribute),
      op: Text,
      provisioningTarget: TypedRef,
      result: some({ errors: Type.Array(Text), status: Text }),
      source: TypedRef,
    }),
  ),
  sources: Text,
  ...everyDocument,
  _type: enumOf(['accountactivity']),
})

export const IdentityDocument = some({
  id: Text,
  name: Text,
  displayName: Text,
  firstName: Text,
  lastName: Text,
  email: Text,
  created: Instant,
  modified: Instant,
  synced: Instant,
  inactive: Flag,
  disabled: Flag,
  protected: Flag,
  locked: Flag,
  status: Text,
  manager: nullable(PersonRef),
  isManager: Flag,
  attributes: Open,
  accounts: Type.Array(some({ id: Text, name: Text, accountId: Text, source: Ref, disabled: Flag, created: Instant })),
  accountCount: Count,
  access: Type.Array(
    some({
      id: Text,
      name: Text,
      displayName: Text,
      type: enumOf(ItemTypes),
      description: nullable(Text),
      source: Ref,
      owner: PersonRef,
      privileged: Flag,
      disabled: Flag,
      attribute: Text,
      value: Text,
    }),
  ),
  accessCount: Count,
  entitlementCount: Count,
  roleCount: Count,
  accessProfileCount: Count,
  ...everyDocument,
  _type: enumOf(['identity']),
})

const SearchDocument = Type.Union([EventDocument, AccountActivityDocument, IdentityDocument])

/** What is asked. Parts that are refused are here, so that the refusal can say so. */
export interface SearchBody {
  indices?: ((typeof publishedIndices)[number] | '*')[]
  queryType?: 'DSL' | 'SAILPOINT' | 'TEXT' | 'TYPEAHEAD'
  query?: { query?: string; fields?: string; timeZone?: string; innerHit?: object }
  includeNested?: boolean
  queryResultFilter?: { includes?: string[]; excludes?: string[] }
  sort?: string[]
  searchAfter?: (string | null)[]
  queryDsl?: object
  textQuery?: object
  typeAheadQuery?: object
  aggregations?: object
  aggregationsDsl?: object
  filters?: object
}

const AnyObject = Type.Unsafe<object>({ type: 'object' })
const Texts = Type.Array(Type.String())

const Search = Type.Unsafe<SearchBody>(
  Type.Object({
    indices: Type.Optional(Type.Array(enumOf([...publishedIndices, '*']))),
    queryType: Type.Optional(enumOf(['DSL', 'SAILPOINT', 'TEXT', 'TYPEAHEAD'], { default: 'SAILPOINT' })),
    queryVersion: Type.Optional(Type.String()),
    query: Type.Optional(
      Type.Object({
        query: Type.Optional(Type.String({ description: 'See docs/search.md for what it may say.' })),
        fields: Type.Optional(Type.String({ description: 'Where terms without a field look, joined by commas.' })),
        timeZone: Type.Optional(Type.String({ description: 'Of dates without one: Europe/Berlin, +02:00. UTC unless said.' })),
        innerHit: Type.Optional(AnyObject),
      }),
    ),
    includeNested: Type.Optional(Type.Boolean({ default: true })),
    queryResultFilter: Type.Optional(Type.Object({ includes: Type.Optional(Texts), excludes: Type.Optional(Texts) })),
    sort: Type.Optional(Type.Array(Type.String(), { description: 'Fields to order by; a minus before one turns it round.' })),
    // compat: search-after-null. Documents without a value are in the order, too, so one of them may be the last one seen.
    searchAfter: Type.Optional(
      Type.Array(nullable(Text), { description: 'The values of the sorted fields in the last document seen; null where it has none.' }),
    ),
    queryDsl: Type.Optional(AnyObject),
    textQuery: Type.Optional(AnyObject),
    typeAheadQuery: Type.Optional(AnyObject),
    aggregationType: Type.Optional(Type.String()),
    aggregationsVersion: Type.Optional(Type.String()),
    aggregationsDsl: Type.Optional(AnyObject),
    aggregations: Type.Optional(AnyObject),
    filters: Type.Optional(AnyObject),
  }),
)

const tag = 'Search'
const scopes = ['sp:search:read'] as const

export const searchOperations = {
  searchPost: {
    method: 'POST',
    path: '/search',
    dialects: exceptBeta,
    tag,
    summary: 'Events, account activities and identities that meet a query.',
    scopes,
    levels: ['ORG_ADMIN'],
    query: {
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2147483647, default: 0, description: 'Documents to pass over.' })),
      limit: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: searchWindow,
          default: 250,
          description: 'Documents on the page; with offset at most 10,000.',
        }),
      ),
      count: Type.Optional(Type.Boolean({ default: false, description: 'True adds the total as the header X-Total-Count.' })),
    },
    body: Search,
    status: 200,
    answer: Type.Array(SearchDocument),
  },
  searchCount: {
    method: 'POST',
    path: '/search/count',
    dialects: exceptBeta,
    tag,
    summary: 'How many documents meet a query, in the header X-Total-Count.',
    scopes,
    levels: ['ORG_ADMIN'],
    body: Search,
    status: 204,
    answer: null,
  },
  searchGet: {
    method: 'GET',
    path: '/search/:index/:id',
    dialects: exceptBeta,
    tag,
    summary: 'One document of an index.',
    scopes,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: SearchDocument,
  },
} as const satisfies Record<string, Operation>
