import { useState } from 'react'
import { peopleNamed } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { useText } from '../text/text.tsx'
import { Avatar } from './person.tsx'
import { type Picked, Picker, type PickerProps } from './picker.tsx'

export type PickedPerson = Picked

interface PersonPickerProps extends PickerProps {
  /** Nobody of these is offered. */
  except?: readonly string[]
}

/** Finds a person by the beginning of one of their names, their sign-in name or their mail address. */
export function PersonPicker({ except = [], ...rest }: PersonPickerProps) {
  const t = useText()
  const [wanted, setWanted] = useState('')
  const [isUsed, setUsed] = useState(false)
  const people = useCall(
    'getPublicIdentities',
    { query: { limit: 20, sorters: 'name', filters: peopleNamed(wanted) } },
    { keep: true, enabled: isUsed },
  )
  const found = (people.data ?? []).filter(({ id }) => !except.includes(id))
  return (
    <Picker
      {...rest}
      found={found.map(({ id, name, email, alias }) => ({ id, name, about: email ?? alias }))}
      onSearch={setWanted}
      onUse={() => setUsed(true)}
      placeholder={t('part.person.search')}
      nothing={t(people.isPending ? 'part.loading' : 'part.person.nobody')}
      mark={({ name }) => <Avatar name={name} size={26} />}
    />
  )
}
