import { Link } from '@tanstack/react-router'
import { useSortedRows } from '../../parts/sorted-rows.ts'
import { Empty } from '../../parts/states.tsx'
import { TableWithFile } from '../../parts/table-with-file.tsx'
import { useText } from '../../text/text.tsx'
import { type Behind, spanQuery, whoseOf } from './behind.ts'
import { decisionColumns, endingColumns, pendingColumns, provisioningColumns, requestColumns } from './row-columns.tsx'

interface RowsProps {
  behind: Behind
}

/** What all these tables have alike. */
function useLook() {
  const t = useText()
  const empty = <Empty icon="chart" title={t('behind.none')} action={<Link to="/insight">{t('insight.title')}</Link>} />
  return { t, look: { label: t('behind.about'), empty } }
}

export function RequestRows({ behind }: RowsProps) {
  const moment = behind.moment === 'finished' ? 'finished' : 'created'
  const query = { ...spanQuery(behind), moment, item: behind.item, source: behind.source } as const
  const { t, look } = useLook()
  const table = useSortedRows('listInsightRequests', { query }, `-${moment}`)
  return (
    <TableWithFile
      {...look}
      {...table}
      file="requests"
      columns={requestColumns(t)}
      keyOf={({ accountActivityItemId }) => accountActivityItemId}
    />
  )
}

export function DecisionRows({ behind }: RowsProps) {
  const query = { ...spanQuery(behind), approver: behind.approver, item: behind.item }
  const { t, look } = useLook()
  const table = useSortedRows('listInsightDecisions', { query }, '-hours')
  return <TableWithFile {...look} {...table} file="decisions" columns={decisionColumns(t)} keyOf={({ approvalId }) => approvalId} />
}

export function EndingRows({ behind }: RowsProps) {
  const query = { for: whoseOf(behind), 'ends-after': behind.from, 'ends-before': behind.to }
  const { t, look } = useLook()
  const table = useSortedRows('listHeldAccess', { query }, 'until')
  return <TableWithFile {...look} {...table} file="ending-access" columns={endingColumns(t)} keyOf={({ assignmentId }) => assignmentId} />
}

const numberOf = (text: string | undefined) => (text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text))

export function PendingRows({ behind }: RowsProps) {
  const query = {
    for: whoseOf(behind),
    'older-than-hours': numberOf(behind.older),
    'younger-than-hours': numberOf(behind.younger),
    approver: behind.approver,
  }
  const { t, look } = useLook()
  const table = useSortedRows('listInsightPending', { query }, 'asked')
  return <TableWithFile {...look} {...table} file="pending-approvals" columns={pendingColumns(t)} keyOf={({ approvalId }) => approvalId} />
}

export function ProvisioningRows({ behind }: RowsProps) {
  const query = { ...spanQuery(behind), source: behind.source, states: behind.states }
  const { t, look } = useLook()
  const table = useSortedRows('listInsightProvisioning', { query }, '-created')
  return <TableWithFile {...look} {...table} file="provisioning" columns={provisioningColumns(t)} keyOf={({ stepId }) => stepId} />
}
