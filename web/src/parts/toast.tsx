import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { CallError } from '../api/call.ts'
import { useText } from '../text/text.tsx'
import { IconButton } from './button.tsx'
import { Icon } from './icon.tsx'

interface Message {
  tone: 'done' | 'failed'
  text: string
  trackingId?: string
}

const queue = new ToastQueue<Message>({ maxVisibleToasts: 3 })

/** A refusal is read more slowly than that something is done. */
const doneMs = 6_000

/** Tells the reader, and who listens to the page, that something is done. */
export function tellDone(text: string): void {
  queue.add({ tone: 'done', text }, { timeout: doneMs })
}

/** Tells what went wrong; it stays until it is closed. */
export function tellFailure(error: unknown, otherwise: string): void {
  const told = error instanceof CallError ? error : undefined
  const text = told?.message || otherwise
  queue.add({ tone: 'failed', text, ...(told?.trackingId ? { trackingId: told.trackingId } : {}) })
}

export function Toasts() {
  const t = useText()
  return (
    <ToastRegion queue={queue} className="toasts" aria-label={t('part.toasts')}>
      {({ toast }) => (
        <Toast toast={toast} className={`toast toast-${toast.content.tone}`}>
          <Icon name={toast.content.tone === 'done' ? 'check' : 'warning'} />
          <ToastContent className="toast-content">
            <Text slot="title">{toast.content.text}</Text>
            {toast.content.trackingId ? (
              <Text slot="description" className="problem-id">
                {t('part.problem.tracking')} <code>{toast.content.trackingId}</code>
              </Text>
            ) : null}
          </ToastContent>
          <IconButton slot="close" icon="close" label={t('part.close')} />
        </Toast>
      )}
    </ToastRegion>
  )
}
