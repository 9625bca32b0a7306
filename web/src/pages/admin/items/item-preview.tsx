import { useState } from 'react'
import type { Item } from '../../../api/items.ts'
import { useCall } from '../../../api/queries.ts'
import { useMe } from '../../../api/session.ts'
import { Select } from '../../../parts/fields.tsx'
import { PersonPicker, type PickedPerson } from '../../../parts/person-picker.tsx'
import { Shown } from '../../../parts/states.tsx'
import { Steps } from '../../../parts/steps.tsx'
import { tell, withoutField } from '../../../parts/telling.ts'
import { Violation } from '../../../parts/violation.tsx'
import { useText } from '../../../text/text.tsx'

type Asked = 'GRANT_ACCESS' | 'REVOKE_ACCESS'

/** Who would be asked if somebody wanted the item, by the rules as they are saved. */
export function ItemPreview({ item }: { item: Item }) {
  const t = useText()
  const me = useMe()
  const [person, setPerson] = useState<PickedPerson | undefined>({ id: me.id, name: me.name })
  const [what, setWhat] = useState<Asked>('GRANT_ACCESS')
  const body = { requestedFor: [person?.id ?? ''], requestType: what, requestedItems: [{ type: item.type, id: item.id }] }
  const preview = useCall('previewAccessRequest', { body }, { enabled: person !== undefined, keep: true })
  return (
    <section className="card stack" aria-labelledby="preview-title">
      <div>
        <h2 id="preview-title">{t('preview.title')}</h2>
        <p className="muted">{t('preview.about')}</p>
      </div>
      <div className="fields">
        <PersonPicker label={t('preview.for')} value={person} onChange={setPerson} />
        <Select<Asked>
          label={t('preview.what')}
          value={what}
          onChange={setWhat}
          choices={[
            { key: 'GRANT_ACCESS', name: t('action.grant') },
            { key: 'REVOKE_ACCESS', name: t('action.remove') },
          ]}
        />
      </div>
      {person === undefined ? null : (
        <Shown query={preview}>
          {({ refused, items }) =>
            refused ? (
              <p>
                <strong>{t('preview.refused')}</strong>: {withoutField(refused.reason)}
              </p>
            ) : (
              items.map((one) => (
                <div key={one.requestedObject.id} className="stack">
                  {one.cancelledBecause === null ? (
                    <Steps steps={one.steps} />
                  ) : (
                    <p>
                      <strong>{t('preview.cancelled')}</strong>: {tell(t, { text: one.cancelledBecause, sentence: one.cancelledSentence })}
                    </p>
                  )}
                  <Violation context={one.sodViolationContext} />
                </div>
              ))
            )
          }
        </Shown>
      )}
    </section>
  )
}
