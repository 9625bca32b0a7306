import { useState } from 'react'
import { useCall, useSend } from '../../../api/queries.ts'
import { Switch } from '../../../parts/checkbox.tsx'
import { Radios, Select } from '../../../parts/fields.tsx'
import { NumberField } from '../../../parts/number-field.tsx'
import { PersonFilter } from '../../../parts/person-filter.tsx'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'
import { SchedulePicture } from './schedule-picture.tsx'
import { autoRules, bounds, commentRules, expiryResults, fromWire, isComplete, levels, type Timers, toWire } from './timers.ts'

/** All access requests, by the name the contract gives them. */
const everyRequest = 'ACCESS_REQUEST_APPROVAL'

/** Reminders, escalation, expiry and who decides, with a picture of what the numbers mean. */
export function TimersForm() {
  const config = useCall('getApprovalsConfig', { params: { id: everyRequest } })
  return <Shown query={config}>{(wire) => <Form saved={fromWire(wire)} />}</Shown>
}

interface PartProps {
  timers: Timers
  change(changed: Partial<Timers>): void
}

function Form({ saved }: { saved: Timers }) {
  const t = useText()
  const [draft, setDraft] = useState<Partial<Timers>>({})
  const timers = { ...saved, ...draft }
  const save = useSend('putApprovalsConfig', 'configuration')
  const change = (changed: Partial<Timers>) => setDraft((now) => ({ ...now, ...changed }))
  const send = async () => {
    const params = { id: everyRequest, scope: 'APPROVAL_TYPE' }
    const done = await save.mutateAsync({ params, body: toWire(timers) }).catch(() => undefined)
    if (done === undefined) return
    setDraft({})
    tellDone(t('configuration.saved'))
  }
  return (
    <>
      <div className="configuration">
        <div className="stack">
          <Reminders timers={timers} change={change} />
          <Escalation timers={timers} change={change} />
          <Expiry timers={timers} change={change} />
          <WhoDecides timers={timers} change={change} />
        </div>
        <SchedulePicture timers={timers} />
      </div>
      <SaveBar
        isDirty={JSON.stringify(timers) !== JSON.stringify(saved)}
        isBusy={save.isPending}
        isInvalid={!isComplete(timers)}
        error={save.error}
        onSave={() => void send()}
        onDiscard={() => setDraft({})}
      />
    </>
  )
}

function Reminders({ timers, change }: PartProps) {
  const t = useText()
  return (
    <section className="card stack">
      <h2>{t('timers.reminders')}</h2>
      <Switch label={t('timers.remindersOn')} isSelected={timers.reminds} onChange={(reminds) => change({ reminds })} />
      {timers.reminds ? (
        <div className="fields">
          <Days
            label={t('timers.firstReminder')}
            value={timers.firstReminder}
            of={bounds.days}
            onChange={(firstReminder) => change({ firstReminder })}
          />
          <Days
            label={t('timers.everyReminder')}
            value={timers.everyReminder}
            of={bounds.every}
            onChange={(everyReminder) => change({ everyReminder })}
          />
          <NumberField
            label={t('timers.mostReminders')}
            value={timers.mostReminders}
            least={bounds.most[0]}
            most={bounds.most[1]}
            error={t('timers.count', { least: bounds.most[0], most: bounds.most[1] })}
            onChange={(mostReminders) => change({ mostReminders })}
          />
        </div>
      ) : null}
    </section>
  )
}

function Escalation({ timers, change }: PartProps) {
  const t = useText()
  return (
    <section className="card stack">
      <h2>{t('timers.escalation')}</h2>
      <Switch label={t('timers.escalationOn')} isSelected={timers.escalates} onChange={(escalates) => change({ escalates })} />
      {timers.escalates ? (
        <>
          <div className="fields">
            <Days
              label={t('timers.escalateAfter')}
              value={timers.escalateAfter}
              of={bounds.days}
              onChange={(escalateAfter) => change({ escalateAfter })}
            />
            <Days
              label={t('timers.escalateEvery')}
              value={timers.escalateEvery}
              of={bounds.every}
              hint={t('timers.escalateEveryHint')}
              isOptional
              onChange={(escalateEvery) => change({ escalateEvery })}
            />
          </div>
          <Radios<Timers['levels']>
            label={t('timers.levels')}
            value={timers.levels}
            onChange={(level) => change({ levels: level })}
            choices={levels.map((key) => ({ key, name: t(`timers.levels.${key}`) }))}
          />
        </>
      ) : null}
    </section>
  )
}

function Expiry({ timers, change }: PartProps) {
  const t = useText()
  return (
    <section className="card stack">
      <h2>{t('timers.expiry')}</h2>
      <Switch label={t('timers.expiryOn')} isSelected={timers.expires} onChange={(expires) => change({ expires })} />
      {timers.expires ? (
        <div className="fields">
          <Days
            label={t('timers.expireAfter')}
            value={timers.expireAfter}
            of={bounds.expiry}
            onChange={(expireAfter) => change({ expireAfter })}
          />
          <Select<Timers['expiryResult']>
            label={t('timers.expiryResult')}
            value={timers.expiryResult}
            onChange={(expiryResult) => change({ expiryResult })}
            choices={expiryResults.map((key) => ({ key, name: t(`timers.expiryResult.${key}`) }))}
          />
        </div>
      ) : null}
    </section>
  )
}

function WhoDecides({ timers, change }: PartProps) {
  const t = useText()
  return (
    <section className="card stack">
      <h2>{t('timers.who')}</h2>
      <PersonFilter
        label={t('timers.fallback')}
        hint={t('timers.fallbackHint')}
        id={timers.fallbackId}
        onChange={(fallbackId) => change({ fallbackId })}
      />
      <Select<Timers['comments']>
        label={t('timers.comments')}
        value={timers.comments}
        onChange={(comments) => change({ comments })}
        choices={commentRules.map((key) => ({ key, name: t(`timers.comments.${key}`) }))}
      />
      <Select<Timers['auto']>
        label={t('timers.auto')}
        value={timers.auto}
        onChange={(auto) => change({ auto })}
        choices={autoRules.map((key) => ({ key, name: t(`timers.auto.${key}`) }))}
      />
    </section>
  )
}

interface DaysProps {
  label: string
  value: string
  of: readonly [least: number, most: number]
  hint?: string
  isOptional?: boolean
  onChange(value: string): void
}

function Days({ of: [least, most], ...rest }: DaysProps) {
  const t = useText()
  return <NumberField {...rest} least={least} most={most} error={t('timers.days', { least, most })} />
}
