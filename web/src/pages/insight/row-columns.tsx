import { Link } from '@tanstack/react-router'
import type { RowOf } from '../../api/types.ts'
import { Badge, StateBadge } from '../../parts/badges.tsx'
import { actionColumn, kindColumn, recipientColumn } from '../../parts/columns.tsx'
import { Person } from '../../parts/person.tsx'
import type { Column } from '../../parts/table.tsx'
import { MaybeTime, Time } from '../../parts/time.tsx'
import type { Say } from '../../text/text.tsx'
import { lasting } from './lasting.ts'

type Request = RowOf<'listInsightRequests'>
type Decision = RowOf<'listInsightDecisions'>
type Held = RowOf<'listHeldAccess'>
type Pending = RowOf<'listInsightPending'>
type Step = RowOf<'listInsightProvisioning'>

/** What a row is about, with the way to its request. */
function itemColumn<Row extends { accessRequestId: string | null; requestedObject: { name: string } }>(t: Say): Column<Row> {
  return {
    id: 'item',
    header: t('behind.what'),
    width: 'minmax(12rem, 1.6fr)',
    narrow: 'title',
    sorter: 'item',
    cell: ({ accessRequestId, requestedObject }) => <ToRequest id={accessRequestId} name={requestedObject.name} />,
    text: ({ requestedObject }) => requestedObject.name,
  }
}

function ToRequest({ id, name }: { id: string | null; name: string }) {
  if (id === null) return <strong>{name}</strong>
  return (
    <Link to="/requests/$requestId" params={{ requestId: id }} className="table-link">
      {name}
    </Link>
  )
}

/** Days where hours would be too many. */
const took = (hours: number | null, t: Say) => (hours === null ? '–' : lasting(hours, t))

export function requestColumns(t: Say): Column<Request>[] {
  return [
    itemColumn(t),
    actionColumn(t('behind.kind')),
    { ...recipientColumn(t('behind.for')), sorter: 'recipient' },
    { id: 'by', header: t('behind.by'), cell: ({ requester }) => requester.name, text: ({ requester }) => requester.name },
    {
      id: 'state',
      header: t('behind.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ state }) => <StateBadge state={state} />,
      text: ({ state }) => state,
    },
    {
      id: 'asked',
      header: t('behind.asked'),
      width: '9rem',
      sorter: 'created',
      cell: ({ created }) => <Time at={created} form="day" />,
      text: (row) => row.created,
    },
    {
      id: 'finished',
      header: t('behind.finished'),
      width: '9rem',
      sorter: 'finished',
      cell: ({ finished }) => <MaybeTime at={finished} form="day" none="–" />,
      text: ({ finished }) => finished,
    },
    { id: 'took', header: t('behind.took'), width: '7rem', sorter: 'hours', cell: (row) => took(row.hours, t), text: (row) => row.hours },
  ]
}

export function decisionColumns(t: Say): Column<Decision>[] {
  return [
    itemColumn(t),
    recipientColumn(t('behind.for')),
    {
      id: 'approver',
      header: t('behind.approver'),
      sorter: 'approver',
      cell: ({ approver }) => approver?.name ?? t('behind.nobody'),
      text: ({ approver }) => approver?.name,
    },
    {
      id: 'answer',
      header: t('behind.answer'),
      width: '11rem',
      narrow: 'aside',
      cell: ({ answer }) => <Badge tone={answer === 'APPROVED' ? 'good' : 'bad'}>{t(`behind.answer.${answer}`)}</Badge>,
      text: ({ answer }) => answer,
    },
    {
      id: 'decided',
      header: t('behind.decided'),
      width: '9rem',
      sorter: 'decided',
      cell: ({ decided }) => <Time at={decided} form="day" />,
      text: (row) => row.decided,
    },
    {
      id: 'took',
      header: t('behind.took'),
      width: '7rem',
      narrow: 'more',
      sorter: 'hours',
      cell: (row) => took(row.hours, t),
      text: (row) => row.hours,
    },
    { id: 'comment', header: t('behind.comment'), wraps: true, cell: ({ comment }) => comment ?? '–', text: ({ comment }) => comment },
  ]
}

export function endingColumns(t: Say): Column<Held>[] {
  return [
    {
      id: 'item',
      header: t('behind.what'),
      width: 'minmax(12rem, 1.6fr)',
      narrow: 'title',
      sorter: 'name',
      cell: ({ item, request }) => <ToRequest id={request?.accessRequestId ?? null} name={item.name} />,
      text: ({ item }) => item.name,
    },
    kindColumn(t('behind.kind'), ({ item }) => item.type),
    {
      id: 'for',
      header: t('behind.for'),
      narrow: 'detail',
      sorter: 'person',
      cell: ({ person }) => <Person name={person.name} size={24} />,
      text: ({ person }) => person.name,
    },
    { id: 'source', header: t('behind.source'), cell: ({ source }) => source?.name ?? '–', text: ({ source }) => source?.name },
    {
      id: 'ends',
      header: t('behind.ends'),
      width: '9rem',
      narrow: 'aside',
      sorter: 'until',
      cell: ({ until }) => <MaybeTime at={until} form="day" none="–" />,
      text: ({ until }) => until,
    },
  ]
}

export function pendingColumns(t: Say): Column<Pending>[] {
  return [
    itemColumn(t),
    { ...recipientColumn(t('behind.for')), sorter: 'recipient' },
    {
      id: 'approvers',
      header: t('behind.approvers'),
      width: 'minmax(10rem, 1.5fr)',
      wraps: true,
      cell: ({ approvers }) => approvers.map(({ name }) => name).join(', ') || t('behind.nobody'),
      text: ({ approvers }) => approvers.map(({ name }) => name).join(', '),
    },
    {
      id: 'waits',
      header: t('behind.waits'),
      width: '9rem',
      narrow: 'aside',
      sorter: 'asked',
      cell: ({ asked }) => <Time at={asked} form="relative" />,
      text: ({ asked }) => asked,
    },
    {
      id: 'ends',
      header: t('behind.ends'),
      width: '9rem',
      cell: ({ expires }) => <MaybeTime at={expires} form="day" none="–" />,
      text: (row) => row.expires,
    },
  ]
}

export function provisioningColumns(t: Say): Column<Step>[] {
  return [
    {
      id: 'item',
      header: t('behind.what'),
      width: 'minmax(10rem, 1.2fr)',
      narrow: 'title',
      cell: ({ accessRequestId, entitlement }) => <ToRequest id={accessRequestId} name={entitlement.name} />,
      text: ({ entitlement }) => entitlement.name,
    },
    { id: 'for', header: t('behind.for'), narrow: 'detail', cell: ({ person }) => person?.name ?? '–', text: ({ person }) => person?.name },
    { id: 'source', header: t('behind.source'), sorter: 'source', cell: ({ source }) => source.name, text: ({ source }) => source.name },
    { id: 'account', header: t('behind.account'), cell: ({ account }) => account, text: ({ account }) => account },
    {
      id: 'state',
      header: t('behind.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ state }) => (
        <Badge tone={state === 'FAILED' ? 'bad' : state === 'DONE' ? 'good' : 'neutral'}>{t(`behind.step.${state}`)}</Badge>
      ),
      text: ({ state }) => state,
    },
    {
      id: 'problem',
      header: t('behind.problem'),
      width: 'minmax(12rem, 2fr)',
      wraps: true,
      cell: ({ problem }) => problem ?? '–',
      text: (row) => row.problem,
    },
    {
      id: 'tries',
      header: t('behind.tries'),
      width: '6rem',
      sorter: 'attempts',
      cell: ({ attempts }) => attempts,
      text: (row) => row.attempts,
    },
    {
      id: 'when',
      header: t('behind.when'),
      width: '9rem',
      sorter: 'created',
      cell: ({ created }) => <Time at={created} form="day" />,
      text: (row) => row.created,
    },
  ]
}
