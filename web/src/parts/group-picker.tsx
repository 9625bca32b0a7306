import { useState } from 'react'
import { quoted } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { useText } from '../text/text.tsx'
import { Picker, type PickerProps } from './picker.tsx'

/** Finds a governance group by the beginning of its name. */
export function GroupPicker(props: PickerProps) {
  const t = useText()
  const [wanted, setWanted] = useState('')
  const filters = wanted === '' ? {} : { filters: `name sw ${quoted(wanted)}` }
  const groups = useCall('listWorkgroups', { query: { limit: 20, sorters: 'name', ...filters } }, { keep: true })
  return (
    <Picker
      {...props}
      found={(groups.data ?? []).map(({ id, name, memberCount }) => ({ id, name, about: t('part.group.members', { count: memberCount }) }))}
      onSearch={setWanted}
      placeholder={t('part.group.search')}
      nothing={t('part.group.none')}
    />
  )
}
