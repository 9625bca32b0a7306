import { type BasketLine, type Recipient, someEnd } from '../../api/basket.ts'
import { useCall } from '../../api/queries.ts'
import { useNow } from '../../parts/clock.tsx'
import { Select } from '../../parts/fields.tsx'
import { Problem } from '../../parts/states.tsx'
import { useText } from '../../text/text.tsx'

interface AccountChoiceProps {
  line: BasketLine
  recipients: Recipient[]
  onChange(accounts: Record<string, string>): void
}

/** Which account of a recipient it shall go to, where somebody has several on a source. */
export function AccountChoice({ line, recipients, onChange }: AccountChoiceProps) {
  const t = useText()
  const now = useNow()
  // The choice is the same whatever is written; where a comment must be given, nothing is answered without one. Likewise an end.
  const body = {
    requestedFor: recipients.map(({ id }) => id),
    requestedItems: [{ type: line.type, id: line.id, comment: '–', removeDate: someEnd(now) }],
  }
  const selections = useCall('loadAccountSelections', { body }, { enabled: recipients.length > 0, keep: true })
  const choices = (selections.data?.identities ?? []).flatMap((identity) =>
    identity.requestedItems.flatMap((item) =>
      item.sources
        .filter(({ accounts }) => accounts.length > 1)
        .map((source) => ({ person: identity, source, key: `${identity.id}/${source.id}` })),
    ),
  )
  if (selections.error) return <Problem error={selections.error} inline onRetry={() => void selections.refetch()} />
  return choices.map(({ person, source, key }) => (
    <Select
      key={key}
      label={t('basket.account', { person: person.name, source: source.name })}
      value={line.accounts[key] ?? ''}
      onChange={(account) => onChange(withAccount(line.accounts, key, account))}
      choices={[
        { key: '', name: t('basket.anyAccount') },
        ...source.accounts.map(({ nativeIdentity, name }) => ({
          key: nativeIdentity,
          name: name === nativeIdentity ? name : `${name} (${nativeIdentity})`,
        })),
      ]}
    />
  ))
}

function withAccount(accounts: Record<string, string>, key: string, account: string): Record<string, string> {
  const { [key]: _, ...others } = accounts
  return account === '' ? others : { ...others, [key]: account }
}
