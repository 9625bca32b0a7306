import { useState } from 'react'
import { useCall } from '../../api/queries.ts'
import { type Choice, Select } from '../../parts/fields.tsx'
import { useText } from '../../text/text.tsx'

/** What stands in the address of the request center. */
export interface Narrowing {
  q?: string | undefined
  types?: string | undefined
  application?: string | undefined
  source?: string | undefined
  owner?: string | undefined
  privileged?: string | undefined
  standing?: string | undefined
}

interface FiltersProps {
  narrowing: Narrowing
  onChange(part: Narrowing): void
}

/** By what the items can be narrowed, each choice with how many there are. */
export function Filters({ narrowing, onChange }: FiltersProps) {
  const t = useText()
  const [isOpened, setOpened] = useState(false)
  // What is chosen has to be called by its name; the other choices are asked for when somebody looks at them.
  const isNamed = [narrowing.types, narrowing.application, narrowing.source, narrowing.owner].some(Boolean)
  const { data } = useCall('listRequestCenterChoices', {}, { enabled: isOpened || isNamed })
  const onOpen = () => setOpened(true)
  const named = (rows: readonly { id: string; name: string; count: number }[] = []) =>
    rows.map(({ id, name, count }) => ({ key: id, name, about: String(count) }))
  const kinds = (data?.types ?? []).map(({ type, count }) => ({
    key: type,
    name: t(type === 'ROLE' ? 'kind.role' : type === 'ENTITLEMENT' ? 'kind.entitlement' : 'kind.accessProfile'),
    about: String(count),
  }))
  return (
    <div className="narrowing">
      <Filter name={t('request.kind')} value={narrowing.types} choices={kinds} onOpen={onOpen} onChange={(types) => onChange({ types })} />
      <Filter
        name={t('request.application')}
        value={narrowing.application}
        choices={named(data?.applications)}
        onOpen={onOpen}
        onChange={(application) => onChange({ application })}
      />
      <Filter
        name={t('request.source')}
        value={narrowing.source}
        choices={named(data?.sources)}
        onOpen={onOpen}
        onChange={(source) => onChange({ source })}
      />
      <Filter
        name={t('request.owner')}
        value={narrowing.owner}
        choices={named(data?.owners)}
        onOpen={onOpen}
        onChange={(owner) => onChange({ owner })}
      />
      <Filter
        name={t('request.privilege')}
        value={narrowing.privileged}
        choices={[
          { key: 'true', name: t('request.onlyPrivileged') },
          { key: 'false', name: t('request.notPrivileged') },
        ]}
        onChange={(privileged) => onChange({ privileged })}
      />
      <Filter
        name={t('request.standing')}
        value={narrowing.standing}
        choices={[
          { key: 'AVAILABLE', name: t('request.available') },
          { key: 'PENDING', name: t('request.asked') },
          { key: 'ASSIGNED', name: t('request.held') },
        ]}
        onChange={(standing) => onChange({ standing })}
      />
    </div>
  )
}

interface FilterProps {
  name: string
  value: string | undefined
  choices: Choice[]
  onOpen?(): void
  onChange(value: string | undefined): void
}

function Filter({ name, value, choices, onOpen, onChange }: FilterProps) {
  const t = useText()
  return (
    <Select
      label={name}
      value={value ?? ''}
      choices={[{ key: '', name: t('request.any') }, ...choices]}
      {...(onOpen ? { onOpen } : {})}
      onChange={(next) => onChange(next === '' ? undefined : next)}
    />
  )
}
