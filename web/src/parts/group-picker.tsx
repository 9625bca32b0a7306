import { useState } from 'react'
import { named, quoted } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { useText } from '../text/text.tsx'
import { Picker, type PickerProps } from './picker.tsx'

/** Finds a governance group by the beginning of its name. */
function GroupPicker(props: PickerProps) {
  const t = useText()
  const [wanted, setWanted] = useState('')
  const [isUsed, setUsed] = useState(false)
  const groups = useCall(
    'listWorkgroups',
    { query: { limit: 20, sorters: 'name', filters: named(wanted) } },
    { keep: true, enabled: isUsed },
  )
  return (
    <Picker
      {...props}
      found={(groups.data ?? []).map(({ id, name, memberCount }) => ({ id, name, about: t('part.group.members', { count: memberCount }) }))}
      onSearch={setWanted}
      onUse={() => setUsed(true)}
      placeholder={t('part.group.search')}
      nothing={t(groups.isPending ? 'part.loading' : 'part.group.none')}
    />
  )
}

interface GroupOfIdProps extends Omit<PickerProps, 'value' | 'onChange'> {
  id: string | null
  onChange(id: string | null): void
}

/** A group of which only the id is known, such as from a configuration; its name is asked for. */
export function GroupOfId({ id, onChange, ...rest }: GroupOfIdProps) {
  const known = useCall('listWorkgroups', { query: { filters: `id eq ${quoted(id ?? '')}` } }, { enabled: id !== null })
  const group = known.data?.find((one) => one.id === id)
  return <GroupPicker {...rest} value={group && { id: group.id, name: group.name }} onChange={(picked) => onChange(picked?.id ?? null)} />
}
