import { useText } from '../text/text.tsx'
import { Button } from './button.tsx'
import { Problem } from './states.tsx'
import { stuckToBottom } from './stuck.ts'

interface SaveBarProps {
  /** Nothing stands there until something was changed. */
  isDirty: boolean
  isBusy: boolean
  /** Something that was written cannot be. */
  isInvalid?: boolean
  error: unknown
  onSave(): void
  onDiscard(): void
}

/** Says that what is on the page is not saved yet, and saves it. */
export function SaveBar({ isDirty, isBusy, isInvalid = false, error, onSave, onDiscard }: SaveBarProps) {
  const t = useText()
  if (!isDirty) return null
  return (
    <section ref={stuckToBottom} className="save-bar" aria-label={t('part.save.unsaved')}>
      <span role="status">{t('part.save.unsaved')}</span>
      <div className="row">
        <Button onPress={onDiscard}>{t('part.save.discard')}</Button>
        <Button look="primary" isPending={isBusy} isDisabled={isInvalid} onPress={onSave}>
          {t('part.save')}
        </Button>
      </div>
      {error ? <Problem error={error} inline /> : null}
    </section>
  )
}
