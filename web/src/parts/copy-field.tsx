import { Input, Label, TextField } from 'react-aria-components'
import { useText } from '../text/text.tsx'
import { Button } from './button.tsx'
import { tellDone, tellFailure } from './toast.tsx'

/** A text that is there to be copied. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const t = useText()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      tellDone(t('part.copied'))
    } catch (error) {
      tellFailure(error, t('part.copyFailed'))
    }
  }
  return (
    <TextField className="field" value={value} isReadOnly>
      <Label className="label">{label}</Label>
      <div className="row copy-field">
        <Input className="input" onFocus={(event) => event.currentTarget.select()} />
        <Button icon="copy" onPress={() => void copy()} aria-label={`${t('part.copy')}: ${label}`}>
          {t('part.copy')}
        </Button>
      </div>
    </TextField>
  )
}
