import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Page } from '../../parts/page.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { useText } from '../../text/text.tsx'
import { ApprovalTable } from './approval-table.tsx'
import { Decided } from './decided.tsx'
import { Inbox } from './inbox.tsx'

/** What waits for one's decision, as cards or as a table, and what one has decided. */
export function ApprovalsPage() {
  const t = useText()
  const { view } = useSearch({ strict: false }) as { view?: string }
  const { approvalId } = useParams({ strict: false }) as { approvalId?: string }
  const navigate = useNavigate()
  const summary = useCall('getAccessRequestApprovalSummary', { query: { 'owner-id': 'me' } })
  const isTable = view === 'table'
  const isDecided = view === 'decided'
  return (
    <Page
      wide
      title={t('approvals.title')}
      about={t('approvals.about')}
      actions={
        isDecided ? null : (
          <Button
            icon={isTable ? 'inbox' : 'columns'}
            onPress={() => void navigate({ to: '/approvals', search: isTable ? {} : { view: 'table' } })}
          >
            {isTable ? t('approvals.asCards') : t('approvals.asTable')}
          </Button>
        )
      }
    >
      <Tabs
        label={t('approvals.views')}
        tabs={[
          { name: t('approvals.waiting'), link: { to: '/approvals' }, isCurrent: !isDecided, count: summary.data?.pending },
          { name: t('approvals.decided'), link: { to: '/approvals', search: { view: 'decided' } }, isCurrent: isDecided },
        ]}
      />
      {isDecided ? <Decided /> : isTable ? <ApprovalTable /> : <Inbox openId={approvalId} />}
    </Page>
  )
}
