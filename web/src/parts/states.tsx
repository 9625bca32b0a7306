import type { ReactNode } from 'react'
import { CallError } from '../api/call.ts'
import { useText } from '../text/text.tsx'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

/** What stands where something will be, while it is on its way. */
export function Loading({ rows = 3 }: { rows?: number }) {
  const t = useText()
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{t('part.loading')}</span>
      {Array.from({ length: rows }, (_, at) => (
        // Nothing distinguishes them but their place.
        <span key={`row ${String(at)}`} className="skeleton" />
      ))}
    </div>
  )
}

interface EmptyProps {
  icon?: IconName
  title: string
  children?: ReactNode
  action?: ReactNode
}

/** What stands where there is nothing: why, and what one could do about it. */
export function Empty({ icon = 'inbox', title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-mark">
        <Icon name={icon} size={28} />
      </span>
      <p className="empty-title">{title}</p>
      {children ? <div className="empty-text">{children}</div> : null}
      {action}
    </div>
  )
}

/** What went wrong, in words, with the tracking id by which an administrator finds it in the log. */
export function Problem({ error, onRetry, inline = false }: { error: unknown; onRetry?: () => void; inline?: boolean }) {
  const t = useText()
  const told = error instanceof CallError ? error : new CallError(-1, '', '')
  return (
    <div className={inline ? 'problem problem-inline' : 'problem'} role="alert">
      <Icon name="warning" />
      <div>
        <p className="problem-title">{titleOf(told, t)}</p>
        {told.message ? <p>{told.message}</p> : null}
        {told.trackingId ? (
          <p className="problem-id">
            {t('part.problem.tracking')} <code>{told.trackingId}</code>
          </p>
        ) : null}
      </div>
      {onRetry ? (
        <Button small onPress={onRetry}>
          {t('part.problem.retry')}
        </Button>
      ) : null}
    </div>
  )
}

function titleOf({ status }: CallError, t: ReturnType<typeof useText>): string {
  if (status === 0) return t('part.problem.offline')
  if (status === 403) return t('part.problem.forbidden')
  if (status === 404) return t('part.problem.missing')
  if (status === 429) return t('part.problem.tooMany')
  return status === 400 ? t('part.problem.refused') : t('part.problem.title')
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch(): unknown
}

/** Shows the answer of a query once it is there; until then that it is on its way, or what went wrong. */
export function Shown<T>({ query, children, rows }: { query: Asked<T>; children: (data: T) => ReactNode; rows?: number }) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />
  return <Loading {...(rows === undefined ? {} : { rows })} />
}
