import { type ApproverType, mostDuration, type Rules, type TimeUnit, timeUnits } from '../../api/request-rules.ts'
import { useText } from '../../text/text.tsx'
import { Switch } from '../checkbox.tsx'
import { Select } from '../fields.tsx'
import { NumberField } from '../number-field.tsx'
import { SchemeList } from './scheme-list.tsx'

interface RulesFormProps {
  rules: Rules
  onChange(rules: Rules): void
  types: readonly ApproverType[]
  /** Only roles have rules for comments on a revocation. */
  hasRevokeComments?: boolean
}

/** How something is asked for and taken away: who must agree, what must be said, and for how long it is given. */
export function RulesForm({ rules, onChange, types, hasRevokeComments = false }: RulesFormProps) {
  const t = useText()
  const grant = (changed: Partial<Rules['grant']>) => onChange({ ...rules, grant: { ...rules.grant, ...changed } })
  const revoke = (changed: Partial<Rules['revoke']>) => onChange({ ...rules, revoke: { ...rules.revoke, ...changed } })
  return (
    <div className="rules">
      <section className="card stack">
        <h2>{t('rules.grant')}</h2>
        <SchemeList schemes={rules.grant.schemes} onChange={(schemes) => grant({ schemes })} types={types} />
        <Comments side={rules.grant} onChange={grant} />
        <Duration grant={rules.grant} onChange={grant} />
      </section>
      <section className="card stack">
        <h2>{t('rules.revoke')}</h2>
        <SchemeList schemes={rules.revoke.schemes} onChange={(schemes) => revoke({ schemes })} types={types} />
        {hasRevokeComments ? <Comments side={rules.revoke} onChange={revoke} /> : null}
      </section>
    </div>
  )
}

interface CommentsProps {
  side: Rules['revoke']
  onChange(changed: Partial<Pick<Rules['revoke'], 'commentRequired' | 'denialCommentRequired'>>): void
}

function Comments({ side, onChange }: CommentsProps) {
  const t = useText()
  return (
    <section className="stack stack-small">
      <h3>{t('rules.comments')}</h3>
      <Switch
        label={t('rules.commentRequired')}
        isSelected={side.commentRequired}
        onChange={(commentRequired) => onChange({ commentRequired })}
      />
      <Switch
        label={t('rules.denialCommentRequired')}
        isSelected={side.denialCommentRequired}
        onChange={(denialCommentRequired) => onChange({ denialCommentRequired })}
      />
    </section>
  )
}

function Duration({ grant, onChange }: { grant: Rules['grant']; onChange(changed: Partial<Rules['grant']>): void }) {
  const t = useText()
  const { longest } = grant
  return (
    <section className="stack stack-small">
      <h3>{t('rules.duration')}</h3>
      <Switch
        label={t('rules.endDateRequired')}
        isSelected={grant.endDateRequired}
        onChange={(endDateRequired) => onChange({ endDateRequired })}
      />
      <Switch
        label={t('rules.limited')}
        isSelected={longest !== undefined}
        onChange={(is) => onChange({ longest: is ? { value: '90', timeUnit: 'DAYS' } : undefined })}
      />
      {longest === undefined ? null : (
        <div className="fields">
          <NumberField
            label={t('rules.longest')}
            value={longest.value}
            least={1}
            most={mostDuration}
            error={t('rules.longestError', { most: mostDuration })}
            onChange={(value) => onChange({ longest: { ...longest, value } })}
          />
          <Select<TimeUnit>
            label={t('rules.unit')}
            value={longest.timeUnit}
            onChange={(timeUnit) => onChange({ longest: { ...longest, timeUnit } })}
            choices={timeUnits.map((key) => ({ key, name: t(`rules.unit.${key}`) }))}
          />
        </div>
      )}
    </section>
  )
}
