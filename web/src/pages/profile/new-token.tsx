import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import type { Answer } from '../../api/types.ts'
import { Button } from '../../parts/button.tsx'
import { Checkbox } from '../../parts/checkbox.tsx'
import { machineNow } from '../../parts/clock.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Radios, Select, TextField } from '../../parts/fields.tsx'
import { Problem } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'

const lifetimes = ['30', '90', '365', '0'] as const
type Lifetime = (typeof lifetimes)[number]
const dayMs = 86_400_000

/** The scopes a person's own scripts come along with; whoever needs another asks for a token that may do everything. */
const scopes = [
  'idn:requestable-objects:read',
  'idn:access-request:manage',
  'idn:access-request-status:read',
  'idn:access-request-approvals:read',
  'idn:access-request-approvals:manage',
] as const

interface NewTokenProps {
  isOpen: boolean
  onClose(): void
  onMade(token: Answer<'createPersonalAccessToken'>): void
}

export function NewToken({ isOpen, onClose, onMade }: NewTokenProps) {
  const t = useText()
  const [name, setName] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>('90')
  const [chosen, setChosen] = useState<ReadonlySet<string> | undefined>()
  const make = useSend('createPersonalAccessToken', 'tokens')
  const send = async () => {
    // Tokens live by real time, whatever a sandbox does with that of the business.
    const end =
      lifetime === '0'
        ? { userAwareTokenNeverExpires: true }
        : { expirationDate: new Date(machineNow() + Number(lifetime) * dayMs).toISOString() }
    const scope = chosen === undefined ? ['sp:scopes:all'] : [...chosen]
    const token = await make.mutateAsync({ body: { name: name.trim(), scope, ...end } }).catch(() => undefined)
    if (token === undefined) return
    setName('')
    onMade(token)
  }
  const isReady = name.trim() !== '' && chosen?.size !== 0
  return (
    <Dialog
      title={t('tokens.new')}
      isOpen={isOpen}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('part.cancel')}</Button>
          <Button look="primary" isDisabled={!isReady} isPending={make.isPending} onPress={() => void send()}>
            {t('tokens.make')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('tokens.name')}
        hint={t('tokens.nameHint')}
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        maxLength={255}
      />
      <Select<Lifetime>
        label={t('tokens.lifetime')}
        value={lifetime}
        onChange={setLifetime}
        choices={lifetimes.map((key) => ({ key, name: t(`tokens.lifetime.${key}`) }))}
        {...(lifetime === '0' ? { hint: t('tokens.lifetimeWarning') } : {})}
      />
      <Radios
        label={t('tokens.scope')}
        value={chosen === undefined ? 'all' : 'some'}
        onChange={(what) => setChosen(what === 'all' ? undefined : new Set())}
        choices={[
          { key: 'all', name: t('tokens.whatAll') },
          { key: 'some', name: t('tokens.whatSome') },
        ]}
      />
      {chosen === undefined ? null : (
        <fieldset className="stack stack-small fieldset">
          <legend className="visually-hidden">{t('tokens.scopes')}</legend>
          {scopes.map((scope) => (
            <Checkbox
              key={scope}
              label={scope}
              isSelected={chosen.has(scope)}
              onChange={(on) => setChosen(new Set(on ? [...chosen, scope] : [...chosen].filter((one) => one !== scope)))}
            />
          ))}
        </fieldset>
      )}
      {make.error ? <Problem error={make.error} inline /> : null}
    </Dialog>
  )
}
