import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type Basket, bodyOf, useBasket } from '../../api/basket.ts'
import { useSend } from '../../api/queries.ts'
import { sentLines } from '../../api/sent.ts'
import { useMe } from '../../api/session.ts'
import { Button, LinkButton } from '../../parts/button.tsx'
import { Page, Section } from '../../parts/page.tsx'
import { Empty, Loading, Problem } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'
import { BasketLine } from './basket-line.tsx'
import { type Outlook, useOutlook } from './preview.ts'
import { Recipients } from './recipients.tsx'

/** Everything that is going to be asked, with whom each of it would be asked, before it is sent. */
export function BasketPage() {
  const t = useText()
  const me = useMe()
  const [basket, change] = useBasket(me.id)
  return (
    <Page
      title={t('basket.title')}
      about={t('basket.about')}
      back={
        <LinkButton to="/request" look="quiet" small icon="left">
          {t('basket.back')}
        </LinkButton>
      }
    >
      {basket.lines.length === 0 ? (
        <Empty
          icon="basket"
          title={t('basket.empty')}
          action={
            <LinkButton to="/request" look="primary">
              {t('request.title')}
            </LinkButton>
          }
        >
          {t('basket.emptyText')}
        </Empty>
      ) : (
        <Filled basket={basket} change={change} />
      )}
    </Page>
  )
}

interface FilledProps {
  basket: Basket
  change(next: (basket: Basket) => Basket): void
}

function Filled({ basket, change }: FilledProps) {
  const t = useText()
  const isReady = basket.recipients.length > 0
  const { outlook, error, isPending, isOld, refetch } = useOutlook(basket)
  return (
    <div className="basket">
      <div className="stack basket-main">
        <Section title={t('basket.for')}>
          <Recipients recipients={basket.recipients} onChange={(recipients) => change((now) => ({ ...now, recipients }))} />
        </Section>
        <Section title={t('basket.items')} count={basket.lines.length}>
          {basket.lines.map((line) => (
            <BasketLine key={line.id} line={line} recipients={basket.recipients} outlook={outlook} change={change} />
          ))}
        </Section>
      </div>
      <aside className="basket-side card" aria-label={t('basket.summary')}>
        {error ? <Problem error={error} inline onRetry={() => void refetch()} /> : null}
        {isReady && isPending ? <Loading /> : null}
        {isReady ? null : <p>{t('basket.nobody')}</p>}
        {outlook && isReady ? <Send basket={basket} outlook={outlook} isOld={isOld} change={change} /> : null}
      </aside>
    </div>
  )
}

interface SendProps extends FilledProps {
  outlook: Outlook
  /** The preview is of the basket as it was a moment ago. */
  isOld: boolean
}

function Send({ basket, outlook, isOld, change }: SendProps) {
  const t = useText()
  const navigate = useNavigate()
  const create = useSend('createAccessRequest', 'requests', 'access', 'approvals')
  const [isSent, setSent] = useState(false)
  const duplicates = outlook.items.filter(({ cancelledBecause }) => cancelledBecause !== null).length
  const conflicts = outlook.items.filter(
    ({ sodViolationContext }) => sodViolationContext?.violationCheckResult.violatedPolicies.length,
  ).length
  const missing = outlook.missing.size
  const isRefused = outlook.refusal !== undefined || Object.keys(outlook.refusals).length > 0
  const send = async () => {
    const answer = await create.mutateAsync({ body: bodyOf(basket) }).catch(() => undefined)
    if (answer === undefined) return
    setSent(true)
    const sent = sentLines(answer, basket)
    const idsOf = (isExisting: boolean) => [
      ...new Set(sent.filter((line) => line.isExisting === isExisting).map(({ requestId }) => requestId)),
    ]
    const existing = idsOf(true).join(',')
    await navigate({ to: '/request/sent', search: { ids: idsOf(false).join(','), ...(existing ? { existing } : {}) }, state: { sent } })
    change(() => ({ recipients: [], lines: [] }))
  }
  return (
    <div className="stack">
      <h2>{t('basket.summary')}</h2>
      <p>{t('basket.count', { items: basket.lines.length, people: basket.recipients.length })}</p>
      {duplicates > 0 ? <p className="muted">{t('basket.duplicates', { count: duplicates })}</p> : null}
      {conflicts > 0 ? <p className="basket-conflict">{t('basket.conflicts', { count: conflicts })}</p> : null}
      {isRefused ? (
        <div className="problem problem-inline" role="alert">
          <div>
            <p className="problem-title">{t('basket.refused')}</p>
            {outlook.refusal ? <p>{outlook.refusal}</p> : null}
          </div>
        </div>
      ) : null}
      {missing > 0 ? <p className="muted">{t('basket.missing', { count: missing })}</p> : null}
      {create.error ? <Problem error={create.error} inline /> : null}
      <Button
        look="primary"
        icon="check"
        isPending={create.isPending || isSent}
        isDisabled={isOld || missing > 0 || isRefused}
        onPress={() => void send()}
      >
        {t('basket.send')}
      </Button>
    </div>
  )
}
