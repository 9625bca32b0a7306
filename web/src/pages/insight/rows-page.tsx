import { useSearch } from '@tanstack/react-router'
import { BackLink } from '../../parts/button.tsx'
import { Page } from '../../parts/page.tsx'
import { useText } from '../../text/text.tsx'
import type { Behind } from './behind.ts'
import { DecisionRows, EndingRows, PendingRows, ProvisioningRows, RequestRows } from './rows.tsx'

const tables = {
  requests: RequestRows,
  decisions: DecisionRows,
  ending: EndingRows,
  pending: PendingRows,
  provisioning: ProvisioningRows,
} as const
type Of = keyof typeof tables

/** The rows behind one bar of a plot. */
export function RowsPage() {
  const t = useText()
  const behind = useSearch({ strict: false }) as Behind
  const of = (Object.keys(tables) as Of[]).find((one) => one === behind.of) ?? 'requests'
  const Rows = tables[of]
  return (
    <Page wide title={t(`behind.${of}`)} about={t('behind.about')} back={<BackLink to="/insight">{t('insight.title')}</BackLink>}>
      <Rows behind={behind} />
    </Page>
  )
}
