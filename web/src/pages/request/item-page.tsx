import { Link, useParams } from '@tanstack/react-router'
import { someEnd } from '../../api/basket.ts'
import { useCall } from '../../api/queries.ts'
import type { Answer } from '../../api/types.ts'
import { Badge, Kind, KindMark } from '../../parts/badges.tsx'
import { LinkButton } from '../../parts/button.tsx'
import { useNow } from '../../parts/clock.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Facts, Page, Section } from '../../parts/page.tsx'
import { Shown } from '../../parts/states.tsx'
import { Steps } from '../../parts/steps.tsx'
import { tell, withoutField } from '../../parts/telling.ts'
import { Time } from '../../parts/time.tsx'
import { Violation } from '../../parts/violation.tsx'
import { useText } from '../../text/text.tsx'
import { AddButton, Standing } from './add-button.tsx'
import { useBeneficiary } from './use-beneficiary.ts'

type Item = Answer<'getRequestCenterItem'>

/** One item: what it gives down to the entitlements, who owns it, who must agree, and whether one has it. */
export function ItemPage() {
  const t = useText()
  const { itemId } = useParams({ from: '/signed-in/request/items/$itemId' })
  const beneficiary = useBeneficiary()
  const item = useCall('getRequestCenterItem', { params: { id: itemId }, query: { for: beneficiary.id } })
  const back = (
    <LinkButton to="/request" look="quiet" small icon="left">
      {t('basket.back')}
    </LinkButton>
  )
  if (item.data === undefined) {
    return (
      <Page title={t('request.item')} back={back}>
        <Shown query={item}>{() => null}</Shown>
      </Page>
    )
  }
  return (
    <Page
      title={item.data.name}
      about={item.data.description}
      back={back}
      actions={item.data.requestable ? <AddButton item={item.data} /> : <Badge>{t('request.notRequestable')}</Badge>}
    >
      <div className="row">
        <Kind type={item.data.type} />
        {item.data.privileged ? <Badge tone="warn">{t('approvals.privileged')}</Badge> : null}
        <Standing item={item.data} />
      </div>
      <div className="item">
        <div className="stack item-main">
          <Gives item={item.data} />
          {item.data.requestable ? <Agreement item={item.data} beneficiary={beneficiary} /> : null}
        </div>
        <aside className="card" aria-label={t('request.facts')}>
          <ItemFacts item={item.data} />
        </aside>
      </div>
    </Page>
  )
}

function ItemFacts({ item }: { item: Item }) {
  const t = useText()
  const owners = [...(item.owner ? [item.owner] : []), ...item.additionalOwners, ...item.additionalGroups].map(({ name }) => name)
  const { comment, endDate, maxDuration } = item.requires
  return (
    <Facts
      rows={[
        [t('request.owner'), owners.join(', ') || '–'],
        item.source && [t('request.source'), item.source.name],
        item.applications.length > 0 && [t('request.application'), item.applications.map(({ name }) => name).join(', ')],
        [t('request.holders'), t('request.people', { count: item.holders })],
        item.held && [t('request.heldSince'), <Time key="since" at={item.held.since} form="day" />],
        item.held?.until && [t('request.heldUntil'), <Time key="until" at={item.held.until} form="day" />],
        item.asked && [
          t('request.asked'),
          <Link key="asked" to="/requests/$requestId" params={{ requestId: item.asked.accessRequestId }}>
            <Time at={item.asked.since} form="relative" />
          </Link>,
        ],
        (comment || endDate) && [
          t('request.needs'),
          [comment && t('request.needsComment'), endDate && t('request.needsEnd')].filter(Boolean).join(', '),
        ],
        maxDuration && [t('request.longest'), t(`part.span.${maxDuration.timeUnit}`, { count: maxDuration.value })],
      ]}
    />
  )
}

function Gives({ item }: { item: Item }) {
  const t = useText()
  if (item.type === 'ENTITLEMENT') return null
  return (
    <Section title={t('request.gives')} count={item.gives.length}>
      <ul className="gives card">
        {item.gives.map((part) => (
          <li key={part.id}>
            <Part part={part} />
            {part.gives.length > 0 ? (
              <ul className="gives-inner">
                {part.gives.map((leaf) => (
                  <li key={leaf.id}>
                    <Part part={leaf} />
                  </li>
                ))}
              </ul>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  )
}

type Part = Omit<Item['gives'][number], 'gives'>

function Part({ part }: { part: Part }) {
  const t = useText()
  return (
    <div className="part">
      <KindMark type={part.type} />
      <div className="list-main">
        <span className="row">
          <strong>{part.name}</strong>
          <Kind type={part.type} />
          {part.privileged ? <Badge tone="warn">{t('approvals.privileged')}</Badge> : null}
        </span>
        {part.description ? <p className="muted">{part.description}</p> : null}
        {part.value ? (
          <p className="muted part-value">
            <Icon name="server" size={14} /> {part.source?.name} · <code>{`${part.attribute}=${part.value}`}</code>
          </p>
        ) : null}
      </div>
    </div>
  )
}

interface AgreementProps {
  item: Item
  beneficiary: { id: string; name: string }
}

/** Who would be asked, for the person it is for. */
function Agreement({ item, beneficiary }: AgreementProps) {
  const t = useText()
  const now = useNow()
  // What must have an end is asked about with one, so that the answer tells of the steps and not of the end that is missing.
  const mustEnd = item.requires.endDate || item.requires.maxDuration !== null
  const end = mustEnd ? { removeDate: someEnd(now) } : {}
  const requestedItems = [{ type: item.type, id: item.id, comment: '–', ...end }]
  const preview = useCall('previewAccessRequest', { body: { requestedFor: [beneficiary.id], requestedItems, requestType: 'GRANT_ACCESS' } })
  return (
    <Section title={t('basket.askedFor', { name: beneficiary.name })}>
      <Shown query={preview}>
        {({ refused, items: [outcome] }) => (
          <>
            {refused ? <p className="note">{withoutField(refused.reason)}</p> : null}
            {outcome?.cancelledBecause ? (
              <p className="note">{tell(t, { text: outcome.cancelledBecause, sentence: outcome.cancelledSentence })}</p>
            ) : null}
            {outcome && outcome.cancelledBecause === null ? <Steps steps={outcome.steps} /> : null}
            <Violation context={outcome?.sodViolationContext} />
          </>
        )}
      </Shown>
    </Section>
  )
}
