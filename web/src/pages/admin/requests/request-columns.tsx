import { Link } from '@tanstack/react-router'
import { type AnyRequest, waitsFor } from '../../../api/requests.ts'
import { StateBadge } from '../../../parts/badges.tsx'
import { actionColumn, kindColumn, recipientColumn } from '../../../parts/columns.tsx'
import type { Column } from '../../../parts/table.tsx'
import { MaybeTime, Time } from '../../../parts/time.tsx'
import type { Say } from '../../../text/text.tsx'

/** What is interesting only now and then. */
export const usuallyHidden = ['kind', 'by', 'starts', 'ends', 'comment', 'error', 'id', 'changed']

/** What can be told of a requested item, in columns. */
export function requestColumns(t: Say): Column<AnyRequest>[] {
  return [
    {
      id: 'item',
      header: t('allRequests.item'),
      width: 'minmax(12rem, 2fr)',
      narrow: 'title',
      sorter: 'name',
      cell: ({ name, accessRequestId }) => (
        <Link to="/admin/requests/$requestId" params={{ requestId: accessRequestId }} className="table-link">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    kindColumn(t('allRequests.kind'), ({ type }) => type),
    actionColumn(t('allRequests.action')),
    recipientColumn(t('allRequests.for')),
    { id: 'by', header: t('allRequests.by'), cell: ({ requester }) => requester.name, text: ({ requester }) => requester.name },
    {
      id: 'waits',
      header: t('allRequests.waits'),
      cell: (row) => waitsFor(row).join(', ') || '–',
      text: (row) => waitsFor(row).join(', '),
    },
    {
      id: 'state',
      header: t('allRequests.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ state }) => <StateBadge state={state} />,
      text: ({ state }) => state,
    },
    ...momentColumns(t),
    {
      id: 'comment',
      header: t('allRequests.comment'),
      cell: ({ requesterComment }) => requesterComment?.comment ?? '–',
      text: ({ requesterComment }) => requesterComment?.comment,
    },
    { id: 'error', header: t('allRequests.error'), cell: (row) => errorOf(row) || '–', text: errorOf },
    {
      id: 'id',
      header: t('allRequests.id'),
      width: '18rem',
      sorter: 'accessRequestId',
      cell: ({ accessRequestId }) => <code>{accessRequestId}</code>,
      text: ({ accessRequestId }) => accessRequestId,
    },
  ]
}

function momentColumns(t: Say): Column<AnyRequest>[] {
  return [
    {
      id: 'asked',
      header: t('allRequests.asked'),
      width: '9rem',
      sorter: 'created',
      cell: ({ created }) => <Time at={created} form="relative" />,
      text: ({ created }) => created,
    },
    {
      id: 'changed',
      header: t('allRequests.changed'),
      width: '9rem',
      sorter: 'modified',
      cell: ({ modified }) => <MaybeTime at={modified} form="relative" none="–" />,
      text: ({ modified }) => modified,
    },
    {
      id: 'starts',
      header: t('allRequests.starts'),
      width: '8rem',
      cell: ({ startDate }) => <MaybeTime at={startDate} form="day" none="–" />,
      text: ({ startDate }) => startDate,
    },
    {
      id: 'ends',
      header: t('allRequests.ends'),
      width: '8rem',
      cell: ({ removeDate }) => <MaybeTime at={removeDate} form="day" none="–" />,
      text: ({ removeDate }) => removeDate,
    },
  ]
}

/** What went wrong with it, in words. */
export function errorOf({ errorMessages }: AnyRequest): string {
  return [...new Set((errorMessages ?? []).flat().map(({ text }) => text))].join(' ')
}
