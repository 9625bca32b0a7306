import { type ApproverType, needsGroup, type Scheme } from '../../api/request-rules.ts'
import { useText } from '../../text/text.tsx'
import { Button, IconButton } from '../button.tsx'
import { Select } from '../fields.tsx'
import { GroupOfId } from '../group-picker.tsx'

interface SchemeListProps {
  schemes: readonly Scheme[]
  onChange(schemes: Scheme[]): void
  /** Who can be asked about an item of its kind. */
  types: readonly ApproverType[]
}

/** Who must agree, in order. */
export function SchemeList({ schemes, onChange, types }: SchemeListProps) {
  const t = useText()
  const replace = (at: number, scheme: Scheme) => onChange(schemes.map((one, place) => (place === at ? scheme : one)))
  const move = (at: number, by: number) => {
    const next = [...schemes]
    const [moved] = next.splice(at, 1)
    if (moved) next.splice(at + by, 0, moved)
    onChange(next)
  }
  return (
    <section className="stack stack-small">
      <h3>{t('rules.schemes')}</h3>
      {schemes.length === 0 ? <p className="muted">{t('rules.nobody')}</p> : null}
      <ol className="schemes">
        {schemes.map((scheme, at) => (
          // They are told apart by their place alone: the same may stand there twice.
          <li key={`place ${String(at)}`} className="scheme">
            <span className="scheme-number" aria-hidden="true">
              {at + 1}
            </span>
            <Select<ApproverType>
              label={t('rules.approver', { number: at + 1 })}
              isLabelHidden
              value={scheme.approverType}
              onChange={(approverType) => replace(at, { approverType, approverId: null })}
              choices={[...new Set([...types, scheme.approverType])].map((key) => ({ key, name: t(`approver.${key}`) }))}
            />
            {needsGroup(scheme) ? (
              <GroupOfId
                label={t('rules.group')}
                isLabelHidden
                id={scheme.approverId}
                onChange={(approverId) => replace(at, { ...scheme, approverId })}
              />
            ) : null}
            <span className="scheme-buttons">
              <IconButton icon="up" label={t('rules.up', { number: at + 1 })} isDisabled={at === 0} onPress={() => move(at, -1)} />
              <IconButton
                icon="down"
                label={t('rules.down', { number: at + 1 })}
                isDisabled={at === schemes.length - 1}
                onPress={() => move(at, 1)}
              />
              <IconButton
                icon="close"
                label={t('rules.remove', { number: at + 1 })}
                onPress={() => onChange(schemes.filter((_, place) => place !== at))}
              />
            </span>
          </li>
        ))}
      </ol>
      <div>
        <Button small icon="plus" onPress={() => onChange([...schemes, { approverType: types[0] ?? 'MANAGER', approverId: null }])}>
          {t('rules.addScheme')}
        </Button>
      </div>
    </section>
  )
}
