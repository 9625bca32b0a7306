import type { Answer } from '../api/types.ts'
import { useText } from '../text/text.tsx'
import { Icon } from './icon.tsx'

type Context = Answer<'previewAccessRequest'>['items'][number]['sodViolationContext']

/** Which rules against having both of two things would be broken. */
export function Violation({ context }: { context: Context | undefined }) {
  const t = useText()
  const found = context?.violationCheckResult.violationContexts ?? []
  if (found.length === 0) return null
  const names = (criteria: { criteriaList: { name: string; existing: boolean }[] }) =>
    criteria.criteriaList.map((one) => (one.existing ? t('violation.held', { name: one.name }) : one.name)).join(', ')
  return (
    <div className="violation">
      <Icon name="warning" />
      <div className="stack stack-small">
        <h3>{t('violation.title')}</h3>
        {found.map(({ policy, conflictingAccessCriteria }) => (
          <div key={policy.id}>
            <strong>{policy.name}</strong>
            <p>
              {t('violation.both', {
                left: names(conflictingAccessCriteria.leftCriteria),
                right: names(conflictingAccessCriteria.rightCriteria),
              })}
            </p>
          </div>
        ))}
      </div>
    </div>
  )
}
