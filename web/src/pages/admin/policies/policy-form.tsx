import { useState } from 'react'
import { Button, IconButton } from '../../../parts/button.tsx'
import { Switch } from '../../../parts/checkbox.tsx'
import { EntitlementPicker } from '../../../parts/entitlement-picker.tsx'
import { TextField } from '../../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../../parts/person-picker.tsx'
import type { Picked } from '../../../parts/picker.tsx'
import { useText } from '../../../text/text.tsx'

/** A policy as it is edited. */
export interface PolicyDraft {
  name: string
  description: string
  owner: PickedPerson | undefined
  isEnforced: boolean
  leftName: string
  left: Picked[]
  rightName: string
  right: Picked[]
  controls: string
  advice: string
}

/** As many as the contract takes on one side. */
const mostOnSide = 50

interface PolicyFormProps {
  saved: PolicyDraft
  /** What the button says. */
  action: string
  isBusy: boolean
  onSave(draft: PolicyDraft): void
}

/** Which entitlements nobody should have together, and who is responsible for that. */
export function PolicyForm({ saved, action, isBusy, onSave }: PolicyFormProps) {
  const t = useText()
  const [draft, setDraft] = useState(saved)
  const change = (changed: Partial<PolicyDraft>) => setDraft((now) => ({ ...now, ...changed }))
  const isComplete = draft.name.trim() !== '' && draft.left.length > 0 && draft.right.length > 0
  const isDirty = JSON.stringify(draft) !== JSON.stringify(saved)
  return (
    <>
      <section className="card stack">
        <TextField label={t('policies.name')} value={draft.name} onChange={(name) => change({ name })} isRequired maxLength={255} />
        <TextField
          label={t('policies.description')}
          value={draft.description}
          onChange={(description) => change({ description })}
          lines={2}
          maxLength={4000}
        />
        <PersonPicker label={t('policies.owner')} value={draft.owner} onChange={(owner) => change({ owner })} />
        <Switch label={t('policies.enforced')} isSelected={draft.isEnforced} onChange={(isEnforced) => change({ isEnforced })} />
      </section>
      <div className="rules">
        <Side
          title={t('policies.left')}
          nameLabel={t('policies.leftName')}
          name={draft.leftName}
          list={draft.left}
          other={draft.right}
          onName={(leftName) => change({ leftName })}
          onList={(left) => change({ left })}
        />
        <Side
          title={t('policies.right')}
          nameLabel={t('policies.rightName')}
          name={draft.rightName}
          list={draft.right}
          other={draft.left}
          onName={(rightName) => change({ rightName })}
          onList={(right) => change({ right })}
        />
      </div>
      <section className="card stack">
        <TextField
          label={t('policies.controls')}
          value={draft.controls}
          onChange={(controls) => change({ controls })}
          lines={2}
          maxLength={4000}
        />
        <TextField label={t('policies.advice')} value={draft.advice} onChange={(advice) => change({ advice })} lines={2} maxLength={4000} />
      </section>
      <div>
        <Button look="primary" isPending={isBusy} isDisabled={!isComplete || !isDirty} onPress={() => onSave(draft)}>
          {action}
        </Button>
      </div>
    </>
  )
}

interface SideProps {
  title: string
  nameLabel: string
  name: string
  list: Picked[]
  /** What is on the other side cannot be on this. */
  other: Picked[]
  onName(name: string): void
  onList(list: Picked[]): void
}

function Side({ title, nameLabel, name, list, other, onName, onList }: SideProps) {
  const t = useText()
  // The field is emptied by being another one.
  const [picks, setPicks] = useState(0)
  return (
    <section className="card stack">
      <h2>{title}</h2>
      <TextField label={nameLabel} value={name} onChange={onName} maxLength={255} />
      <ul className="chips">
        {list.map((one) => (
          <li key={one.id} className="chip">
            <strong>{one.name}</strong>
            <IconButton
              icon="close"
              label={t('policies.take', { name: one.name })}
              onPress={() => onList(list.filter(({ id }) => id !== one.id))}
            />
          </li>
        ))}
      </ul>
      {list.length < mostOnSide ? (
        <EntitlementPicker
          key={picks}
          label={t('policies.entitlement')}
          value={undefined}
          autoFocus={picks > 0}
          except={[...list, ...other].map(({ id }) => id)}
          onChange={(picked) => {
            if (picked === undefined) return
            onList([...list, picked])
            setPicks(picks + 1)
          }}
        />
      ) : null}
    </section>
  )
}
