import { quoted } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { PersonPicker } from './person-picker.tsx'

interface PersonFilterProps {
  label: string
  /** Whose id stands in the address; their name is asked for. */
  id: string | undefined
  onChange(id: string | undefined): void
}

/** Which person a list is about. */
export function PersonFilter({ label, id, onChange }: PersonFilterProps) {
  const known = useCall('getPublicIdentities', { query: { filters: `id eq ${quoted(id ?? '')}` } }, { enabled: id !== undefined })
  const person = known.data?.find((one) => one.id === id)
  return (
    <PersonPicker
      label={label}
      value={id === undefined ? undefined : person && { id, name: person.name }}
      onChange={(picked) => onChange(picked?.id)}
    />
  )
}
