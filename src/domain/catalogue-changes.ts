import type { ItemType, RequestConfig } from './access-model.ts'
import { DomainError } from './errors.ts'

/** What may be decided about roles, access profiles, entitlements and governance groups, and when it may not. */

/** What is decided about an item. Parts are what it is made of: of a role access profiles and entitlements, of an access profile entitlements. */
export interface ItemTerms {
  name: string
  description: string | null
  ownerId: string | null
  additionalOwnerIds: string[]
  additionalGroupIds: string[]
  sourceId: string | null
  requestable: boolean
  enabled: boolean
  privileged: boolean
  requestConfig: RequestConfig | null
  partIds: string[]
}

/** Something that a caller's input names by its id, and the field that does. */
export interface CatalogueReference {
  type: 'IDENTITY' | 'GOVERNANCE_GROUP' | 'SOURCE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'
  id: string
  field: string
}

/** An item as somebody wrote it: its terms, and everything they name. */
export interface WrittenItem {
  terms: ItemTerms
  references: CatalogueReference[]
}

const LONGEST_DESCRIPTION = 2000
const longestNames: Record<ItemType, number> = { ROLE: 128, ACCESS_PROFILE: 255, ENTITLEMENT: 450 }

/** The noun in the words of a refusal. */
export const nounOf: Record<ItemType | CatalogueReference['type'], string> = {
  ROLE: 'role',
  ACCESS_PROFILE: 'access profile',
  ENTITLEMENT: 'entitlement',
  IDENTITY: 'identity',
  GOVERNANCE_GROUP: 'governance group',
  SOURCE: 'source',
}

/**
 * Takes an item as written, how it was (null for a new one) and the source of each entitlement it names. Refuses what an item of the type
 * cannot be. What an import has left behind and the caller does not touch passes.
 */
export function checkItem(
  type: ItemType,
  { terms, references }: WrittenItem,
  before: ItemTerms | null,
  sourceOf: Map<string, string>,
): void {
  checkLength('name', terms.name, before?.name, longestNames[type])
  checkLength('description', terms.description, before?.description, LONGEST_DESCRIPTION)
  if (type === 'ENTITLEMENT') return
  if (terms.ownerId === null && (before === null || before.ownerId !== null)) throw new DomainError('invalid', 'is required.', 'owner')
  if (type !== 'ACCESS_PROFILE') return
  checkSource(terms, references, sourceOf)
  const wasEmpty = before?.enabled && before.partIds.length === 0
  if (terms.enabled && terms.partIds.length === 0 && !wasEmpty) {
    throw new DomainError('invalid', 'an access profile that is enabled has at least one entitlement.', 'entitlements')
  }
}

function checkLength(field: string, text: string | null, before: string | null | undefined, longest: number): void {
  if (text !== null && text !== before && text.length > longest) {
    throw new DomainError('invalid', `must not be longer than ${longest} characters.`, field)
  }
}

/** An access profile gives what an account of one source can have. */
function checkSource(terms: ItemTerms, references: CatalogueReference[], sourceOf: Map<string, string>): void {
  const stranger = references.find((one) => one.type === 'ENTITLEMENT' && sourceOf.get(one.id) !== terms.sourceId)
  if (stranger)
    throw new DomainError('invalid', `the entitlement ${stranger.id} is not of the source of this access profile.`, stranger.field)
}

/** What refers to a role or an access profile. */
export interface ItemUses {
  /** How many people hold it now. */
  holders: number
  /** Somebody has asked for it, or held it. */
  hasHistory: boolean
  roles: { id: string; name: string }[]
  applications: { id: string; name: string }[]
}

/** Why an item cannot be deleted, in words; undefined when it can. */
export function reasonToKeep(uses: ItemUses): string | undefined {
  const reasons = [
    uses.holders > 0 ? `${uses.holders} ${uses.holders === 1 ? 'person holds' : 'people hold'} it` : '',
    uses.holders === 0 && uses.hasHistory ? 'requests or assignments of the past tell of it' : '',
    uses.roles.length > 0 ? `it is part of ${namesOf(uses.roles)}` : '',
    uses.applications.length > 0 ? `it belongs to the application ${namesOf(uses.applications)}` : '',
  ].filter((reason) => reason !== '')
  return reasons.length === 0 ? undefined : reasons.join(', and ')
}

/** Refuses (conflict) to delete an item that something refers to. */
export function mayDeleteItem(type: ItemType, name: string, uses: ItemUses, field?: string): void {
  const reason = reasonToKeep(uses)
  if (reason === undefined) return
  const text = `The ${nounOf[type]} ${name} is in use: ${reason}. Set enabled to false instead, and nobody can ask for it any more.`
  throw new DomainError('conflict', text, field)
}

function namesOf(things: { name: string }[]): string {
  const shown = things.slice(0, 3).map(({ name }) => name)
  return things.length > shown.length ? `${shown.join(', ')} and ${things.length - shown.length} more` : shown.join(', ')
}
