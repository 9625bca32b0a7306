import { quoted } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { PersonPicker } from './person-picker.tsx'

interface PersonFilterProps {
  label: string
  /** Whose id stands in the address; their name is asked for. */
  id: string | undefined
  onChange(id: string | undefined): void
  hint?: string
}

/** A person of whom only the id is known, such as from an address or a configuration. */
export function PersonFilter({ id, onChange, ...rest }: PersonFilterProps) {
  const known = useCall('getPublicIdentities', { query: { filters: `id eq ${quoted(id ?? '')}` } }, { enabled: id !== undefined })
  const person = known.data?.find((one) => one.id === id)
  return (
    <PersonPicker
      {...rest}
      value={id === undefined ? undefined : person && { id, name: person.name }}
      onChange={(picked) => onChange(picked?.id)}
    />
  )
}
