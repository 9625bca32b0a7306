import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Item, type ItemDraft, type ItemType, useItem, useSaveItem } from '../../../api/items.ts'
import { approverTypes, areComplete } from '../../../api/request-rules.ts'
import { Badge, Kind, KindMark } from '../../../parts/badges.tsx'
import { BackLink } from '../../../parts/button.tsx'
import { Switch } from '../../../parts/checkbox.tsx'
import { ItemLink, typeOfKind } from '../../../parts/item-link.tsx'
import { Facts, Page, Section } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { RulesForm } from '../../../parts/rules/rules-form.tsx'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { Empty, Shown } from '../../../parts/states.tsx'
import { Time } from '../../../parts/time.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'
import { ItemHolders } from './item-holders.tsx'
import { ItemPreview } from './item-preview.tsx'

const listOf: Record<ItemType, string> = { ROLE: 'roles', ACCESS_PROFILE: 'accessProfiles', ENTITLEMENT: 'entitlements' }

/** One item: what it gives, who must agree to it, and what would happen if somebody asked for it. */
export function ItemPage() {
  const { kind = '', itemId = '' } = useParams({ strict: false }) as { kind?: string; itemId?: string }
  const type = typeOfKind(kind)
  if (type === undefined) return <Unknown />
  return <KnownItem key={itemId} type={type} id={itemId} />
}

function Unknown() {
  const t = useText()
  return (
    <Page title={t('items.title')}>
      <Empty icon="search" title={t('part.problem.missing')} />
    </Page>
  )
}

function KnownItem({ type, id }: { type: ItemType; id: string }) {
  const t = useText()
  const item = useItem(type, id)
  return (
    <Page
      wide
      title={item.data?.name ?? t('items.title')}
      about={item.data?.description}
      back={
        <BackLink to="/admin/items" search={{ kind: listOf[type] }}>
          {t('items.title')}
        </BackLink>
      }
    >
      <Shown query={item} rows={8}>
        {(data) => <Sections item={data} />}
      </Shown>
    </Page>
  )
}

function Sections({ item }: { item: Item }) {
  const t = useText()
  const [draft, setDraft] = useState<Partial<ItemDraft>>({})
  const { save, isSaving, error } = useSaveItem(item)
  const saved: ItemDraft = { requestable: item.requestable, enabled: item.enabled, rules: item.rules }
  const now = { ...saved, ...draft }
  const send = async () => {
    await save(saved, now)
    setDraft({})
    tellDone(t('items.saved'))
  }
  return (
    <>
      <div className="rules">
        <About item={item} />
        <section className="card stack">
          <h2>{t('items.switches')}</h2>
          {now.enabled === undefined ? null : (
            <Switch label={t('items.enabled')} isSelected={now.enabled} onChange={(enabled) => setDraft({ ...draft, enabled })} />
          )}
          <Switch
            label={t('items.requestable')}
            isSelected={now.requestable}
            onChange={(requestable) => setDraft({ ...draft, requestable })}
          />
          {item.type === 'ENTITLEMENT' ? null : <Gives item={item} />}
        </section>
      </div>
      <RulesForm
        rules={now.rules}
        onChange={(rules) => setDraft({ ...draft, rules })}
        types={approverTypes[item.type]}
        hasRevokeComments={item.type === 'ROLE'}
      />
      <ItemPreview item={item} />
      {item.type === 'ROLE' ? <ItemHolders id={item.id} /> : null}
      <SaveBar
        isDirty={JSON.stringify(now) !== JSON.stringify(saved)}
        isBusy={isSaving}
        isInvalid={!areComplete(now.rules)}
        error={error}
        onSave={() => void send().catch(() => undefined)}
        onDiscard={() => setDraft({})}
      />
    </>
  )
}

function About({ item }: { item: Item }) {
  const t = useText()
  return (
    <section className="card stack">
      <div className="row">
        <KindMark type={item.type} />
        <Kind type={item.type} />
        {item.isPrivileged ? <Badge tone="warn">{t('items.privileged')}</Badge> : null}
      </div>
      <Facts
        rows={[
          [t('items.owner'), item.owner ? <Person key="owner" name={item.owner.name} size={24} /> : '–'],
          item.additionalOwners.length > 0 && [t('items.moreOwners'), item.additionalOwners.map(({ name }) => name).join(', ')],
          item.source && [t('items.source'), item.source.name],
          item.value === undefined ? null : [t('items.value'), <code key="value">{item.value}</code>],
          [t('items.changed'), <Time key="changed" at={item.modified} />],
          [t('items.id'), <code key="id">{item.id}</code>],
        ]}
      />
    </section>
  )
}

function Gives({ item }: { item: Item }) {
  const t = useText()
  return (
    <Section title={t('items.gives')} count={item.gives.length}>
      {item.gives.length === 0 ? <p className="muted">{t('items.givesNothing')}</p> : null}
      <ul className="chips">
        {item.gives.map((part) => (
          <li key={part.id} className="chip">
            <Kind type={part.type} />
            <ItemLink item={part} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
