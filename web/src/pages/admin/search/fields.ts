import type { Index } from '../../../api/search.ts'
import type { MessageId } from '../../../text/text.tsx'

/** A field of the documents of an index, as a column. */
export interface Field {
  /** Where it stands in a document. */
  path: string
  text: MessageId
  /** It can be sorted by. */
  sorts?: true
  moment?: true
  /** Not shown until somebody chooses it. */
  hidden?: true
  narrow?: 'title' | 'detail' | 'aside'
  width?: string
}

const id: Field = { path: 'id', text: 'search.field.id', sorts: true, hidden: true, width: '18rem' }

/** The first of each is the one that leads somewhere. */
export const fieldsOf: Record<Index, readonly Field[]> = {
  identities: [
    { path: 'displayName', text: 'search.field.displayName', sorts: true, narrow: 'title', width: 'minmax(11rem, 1.3fr)' },
    { path: 'name', text: 'search.field.name', sorts: true, width: '10rem' },
    { path: 'email', text: 'search.field.email', sorts: true, narrow: 'detail', width: 'minmax(10rem, 1.2fr)' },
    { path: 'attributes.department', text: 'search.field.department' },
    { path: 'manager.displayName', text: 'search.field.manager' },
    { path: 'status', text: 'search.field.status', narrow: 'aside', width: '7rem' },
    { path: 'accessCount', text: 'search.field.accessCount', width: '9rem' },
    { path: 'access.displayName', text: 'search.field.access', hidden: true, width: 'minmax(14rem, 2fr)' },
    { path: 'accountCount', text: 'search.field.accountCount', hidden: true, width: '9rem' },
    { path: 'modified', text: 'search.field.modified', sorts: true, moment: true, hidden: true, width: '9rem' },
    id,
  ],
  accountactivities: [
    { path: 'originalRequests.attributeRequests.value', text: 'search.field.asked', narrow: 'title', width: 'minmax(12rem, 1.6fr)' },
    { path: 'recipient.name', text: 'search.field.recipient', sorts: true, narrow: 'detail' },
    { path: 'requester.name', text: 'search.field.requester', sorts: true },
    { path: 'stage', text: 'search.field.stage', width: '8rem' },
    { path: 'status', text: 'search.field.status', narrow: 'aside', width: '8rem' },
    { path: 'created', text: 'search.field.created', sorts: true, moment: true, width: '9rem' },
    { path: 'approvals.owner.name', text: 'search.field.approvers', hidden: true },
    { path: 'errors', text: 'search.field.errors', hidden: true, width: 'minmax(12rem, 2fr)' },
    { path: 'modified', text: 'search.field.modified', sorts: true, moment: true, hidden: true, width: '9rem' },
    { path: 'trackingNumber', text: 'search.field.trackingNumber', sorts: true, hidden: true, width: '18rem' },
    id,
  ],
  events: [
    { path: 'name', text: 'search.field.event', narrow: 'title', width: 'minmax(12rem, 1.4fr)' },
    { path: 'actor.name', text: 'search.field.actor', sorts: true, narrow: 'detail' },
    { path: 'target.name', text: 'search.field.target', sorts: true },
    { path: 'type', text: 'search.field.type', width: '11rem' },
    { path: 'created', text: 'search.field.created', sorts: true, moment: true, narrow: 'aside', width: '9rem' },
    { path: 'status', text: 'search.field.status', hidden: true, width: '8rem' },
    { path: 'action', text: 'search.field.action', sorts: true, hidden: true, width: '14rem' },
    { path: 'attributes', text: 'search.field.attributes', hidden: true, width: 'minmax(16rem, 2fr)' },
    { path: 'trackingNumber', text: 'search.field.trackingNumber', sorts: true, hidden: true, width: '18rem' },
    id,
  ],
}

/** People by name; what happened, the latest first. */
export const usualSort: Record<Index, string> = { identities: 'displayName', accountactivities: '-created', events: '-created' }
