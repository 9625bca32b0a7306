import { useState } from 'react'
import { named } from '../api/filter.ts'
import { useCall } from '../api/queries.ts'
import { useText } from '../text/text.tsx'
import { Picker, type PickerProps } from './picker.tsx'

interface EntitlementPickerProps extends PickerProps {
  /** None of these is offered. */
  except?: readonly string[]
}

/** Finds an entitlement by the beginning of its name; the source tells those of the same name apart. */
export function EntitlementPicker({ except = [], ...rest }: EntitlementPickerProps) {
  const t = useText()
  const [wanted, setWanted] = useState('')
  const [isUsed, setUsed] = useState(false)
  const found = useCall(
    'listEntitlements',
    { query: { limit: 20, sorters: 'name', filters: named(wanted) } },
    { keep: true, enabled: isUsed },
  )
  return (
    <Picker
      {...rest}
      found={(found.data ?? [])
        .filter(({ id }) => !except.includes(id))
        .map(({ id, name, source, attribute }) => ({ id, name, about: `${source.name} · ${attribute}` }))}
      onSearch={setWanted}
      onUse={() => setUsed(true)}
      placeholder={t('part.entitlement.search')}
      nothing={t(found.isPending ? 'part.loading' : 'part.entitlement.none')}
    />
  )
}
