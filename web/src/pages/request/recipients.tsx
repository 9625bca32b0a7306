import { useState } from 'react'
import type { Recipient } from '../../api/basket.ts'
import { useCall } from '../../api/queries.ts'
import { useMe } from '../../api/session.ts'
import { Button, IconButton } from '../../parts/button.tsx'
import { Finder } from '../../parts/finder.tsx'
import { Avatar } from '../../parts/person.tsx'
import { useText } from '../../text/text.tsx'

interface RecipientsProps {
  recipients: Recipient[]
  onChange(recipients: Recipient[]): void
}

/** For whom it is asked: oneself, and others as far as the tenant allows. */
export function Recipients({ recipients, onChange }: RecipientsProps) {
  const t = useText()
  const me = useMe()
  const [isAdding, setAdding] = useState(false)
  const home = useCall('getHome', {})
  const mayOthers = home.data !== undefined && home.data.mayAskFor !== 'SELF'
  const isFor = (id: string) => recipients.some((one) => one.id === id)
  const add = (person: Recipient | undefined) => {
    setAdding(false)
    if (person && !isFor(person.id)) onChange([...recipients, person])
  }
  return (
    <div className="stack stack-small">
      <ul className="chips recipients" aria-label={t('basket.for')}>
        {recipients.map((person) => (
          <li key={person.id} className={`chip chip-person${recipients.length > 1 || person.id !== me.id ? ' chip-closable' : ''}`}>
            <Avatar name={person.name} size={26} />
            <span>{person.id === me.id ? t('basket.me', { name: person.name }) : person.name}</span>
            {recipients.length > 1 || person.id !== me.id ? (
              <IconButton
                icon="close"
                label={t('basket.notFor', { name: person.name })}
                onPress={() => onChange(recipients.filter(({ id }) => id !== person.id))}
              />
            ) : null}
          </li>
        ))}
        {isFor(me.id) ? null : (
          <li>
            <Button small icon="plus" onPress={() => add({ id: me.id, name: me.name })}>
              {t('basket.forMe')}
            </Button>
          </li>
        )}
        {mayOthers && !isAdding ? (
          <li>
            <Button small icon="people" onPress={() => setAdding(true)}>
              {t('basket.forOthers')}
            </Button>
          </li>
        ) : null}
      </ul>
      {isAdding ? <Others except={recipients} onChoose={add} /> : null}
    </div>
  )
}

/** Those whom one may ask for, the own team first. */
function Others({ except, onChoose }: { except: Recipient[]; onChoose(person: Recipient | undefined): void }) {
  const t = useText()
  const [wanted, setWanted] = useState('')
  const people = useCall('listRequestCenterPeople', { query: { q: wanted, limit: 25 } }, { keep: true })
  const isOffered = ({ id }: { id: string }) => !except.some((one) => one.id === id)
  return (
    <div className="recipients-finder">
      <Finder
        label={t('basket.forOthers')}
        autoFocus
        onSearch={setWanted}
        choices={(people.data ?? []).filter(isOffered).map(({ id, name, department, isReport }) => ({
          id,
          name,
          about: [department, isReport ? t('basket.report') : undefined].filter(Boolean).join(' · '),
        }))}
        onChoose={onChoose}
      />
      <Button small look="quiet" onPress={() => onChoose(undefined)}>
        {t('part.cancel')}
      </Button>
    </div>
  )
}
