import { Origins } from '../api/held-access.ts'
import { ItemTypes } from '../api/schema.ts'
import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { type HeldRow, type HeldScope, listHeldAccess } from '../store/held-access.ts'
import { type Call, type Handler, queryText } from './call.ts'
import { loadVisiblePerson } from './catalogue/visible-person.ts'
import { pageQuery } from './list-query.ts'
import { momentIn } from './moment.ts'
import { identityRef, instant, requestTypes } from './wire-names.ts'
import { wordsOf } from './word-list.ts'

export const heldAccessHandlers = {
  listHeldAccess: async (call) => {
    const scope: HeldScope = {
      ...(await whose(call)),
      itemId: queryText(call, 'item'),
      types: wordsOf(call, 'types', ItemTypes),
      origins: wordsOf(call, 'origins', Origins),
      sourceId: queryText(call, 'source'),
      text: queryText(call, 'q'),
      endsBefore: momentIn(call, 'ends-before'),
      endsAfter: momentIn(call, 'ends-after'),
    }
    const page = await listHeldAccess(call.app.db.sql, scope, pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => toWire(row, call)), total: page.total }
  },
} satisfies Record<string, Handler>

async function whose(call: Call): Promise<Pick<HeldScope, 'personId' | 'managerId'>> {
  const asked = queryText(call, 'for') ?? 'me'
  if (asked === 'team') return { managerId: personOf(call.actor) }
  if (asked !== 'all') return { personId: (await loadVisiblePerson(call, asked)).id }
  if (call.actor.isAdmin) return {}
  throw new DomainError('forbidden', 'Only org admins may ask about everybody.', 'for')
}

function toWire(row: HeldRow, { actor }: Call): object {
  const { requestable, ...item } = row.item
  const live = row.state === 'PENDING' || row.state === 'ACTIVE'
  const isOwn = row.person.id === actor.identityId
  const removable = row.origin === 'REQUESTED' || row.origin === 'IMPORTED'
  return {
    assignmentId: row.id,
    person: identityRef(row.person),
    item,
    source: row.source,
    account: row.account,
    state: row.state,
    complete: row.complete,
    origin: row.origin,
    since: instant(row.since),
    until: instant(row.until),
    request: row.request && {
      accessRequestId: row.request.id,
      requester: identityRef(row.request.requester),
      at: instant(row.request.at),
      comment: row.request.comment,
    },
    open: row.open && { accessRequestId: row.open.id, requestType: requestTypes[row.open.kind] },
    // Whoever sees a row of somebody else is their manager or an org admin.
    canRemove: live && removable && !isOwn,
    canChange: live && requestable && row.open === null,
  }
}
