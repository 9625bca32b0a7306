import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useText } from '../text/text.tsx'
import { IconButton } from './button.tsx'

interface DialogProps {
  title: string
  isOpen: boolean
  onClose(): void
  children: ReactNode
  /** Buttons at its foot. */
  footer?: ReactNode
  wide?: boolean
  /** From the side, over the whole height. */
  drawer?: boolean
}

/** A window over the page; Escape, or a press beside it, closes it. */
export function Dialog({ title, isOpen, onClose, children, footer, wide = false, drawer = false }: DialogProps) {
  const t = useText()
  const shape = drawer ? ' modal-drawer' : wide ? ' modal-wide' : ''
  return (
    <ModalOverlay className="overlay" isDismissable isOpen={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Modal className={`modal${shape}`}>
        <AriaDialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" label={t('part.close')} onPress={onClose} />
          </header>
          <div className="dialog-body">{children}</div>
          {footer ? <footer className="dialog-foot">{footer}</footer> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
