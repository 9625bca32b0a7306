import { type ReactNode, useState } from 'react'
import { useText } from '../text/text.tsx'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Problem } from './states.tsx'

interface ConfirmProps {
  title: string
  isOpen: boolean
  onClose(): void
  /** What the button that does it says. */
  action: string
  isDanger?: boolean
  /** Something is still missing. */
  isDisabled?: boolean
  /** Does it; when that is refused, the dialog stays and shows why. */
  run(): Promise<void>
  children?: ReactNode
}

/** Asks before something is done. */
export function Confirm({ title, isOpen, onClose, action, isDanger = false, isDisabled = false, run, children }: ConfirmProps) {
  const t = useText()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const close = () => {
    setError(undefined)
    onClose()
  }
  const go = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await run()
      close()
    } catch (caught) {
      setError(caught)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t('part.cancel')}</Button>
          <Button look={isDanger ? 'danger' : 'primary'} isPending={isBusy} isDisabled={isDisabled} onPress={() => void go()}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      {error === undefined ? null : <Problem error={error} inline />}
    </Dialog>
  )
}
