import { useState } from 'react'
import { useCall, useSend } from '../../api/queries.ts'
import type { Answer, RowOf } from '../../api/types.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Section } from '../../parts/page.tsx'
import { Empty, Shown } from '../../parts/states.tsx'
import { MaybeTime, Time } from '../../parts/time.tsx'
import { tellDone } from '../../parts/toast.tsx'
import { useText } from '../../text/text.tsx'
import { NewToken } from './new-token.tsx'

type Token = RowOf<'listPersonalAccessTokens'>
type MadeToken = Answer<'createPersonalAccessToken'>

/** The tokens with which programs speak for the person who is signed in. */
export function Tokens() {
  const t = useText()
  const tokens = useCall('listPersonalAccessTokens', { query: { 'owner-id': 'me' } })
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<MadeToken>()
  const [leaving, setLeaving] = useState<Token>()
  const remove = useSend('deletePersonalAccessToken', 'tokens')
  const add = (
    <Button icon="plus" onPress={() => setMaking(true)}>
      {t('tokens.new')}
    </Button>
  )
  return (
    <Section title={t('tokens.title')} action={tokens.data?.length ? add : null}>
      <p className="muted">{t('tokens.about')}</p>
      <Shown query={tokens}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="key" title={t('tokens.none')} action={add}>
              {t('tokens.noneText')}
            </Empty>
          ) : (
            <ul className="list">
              {rows.map((token) => (
                <TokenRow key={token.id} token={token} onDelete={() => setLeaving(token)} />
              ))}
            </ul>
          )
        }
      </Shown>
      <NewToken
        isOpen={isMaking}
        onClose={() => setMaking(false)}
        onMade={(token) => {
          setMaking(false)
          setMade(token)
        }}
      />
      <Dialog title={t('tokens.secretTitle')} isOpen={made !== undefined} onClose={() => setMade(undefined)}>
        <p>{t('tokens.secretText')}</p>
        <CopyField label={t('tokens.id')} value={made?.id ?? ''} />
        <CopyField label={t('tokens.secret')} value={made?.secret ?? ''} />
      </Dialog>
      <Confirm
        title={t('tokens.deleteTitle')}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        action={t('tokens.delete')}
        isDanger
        run={async () => {
          await remove.mutateAsync({ params: { id: leaving?.id ?? '' } })
          tellDone(t('tokens.deleted'))
        }}
      >
        <p>{t('tokens.deleteText', { name: leaving?.name })}</p>
      </Confirm>
    </Section>
  )
}

function TokenRow({ token, onDelete }: { token: Token; onDelete(): void }) {
  const t = useText()
  const mayAll = token.scope.includes('sp:scopes:all')
  return (
    <li className="list-item">
      <div className="list-main">
        <strong>{token.name}</strong>
        <span className="muted list-about">
          {t('tokens.scope')}: {mayAll ? t('tokens.scopeAll') : t('tokens.scopeSome', { count: token.scope.length })} · {t('tokens.made')}{' '}
          <Time at={token.created} form="day" /> · {t('tokens.used')} <MaybeTime at={token.lastUsed} form="relative" /> ·{' '}
          {token.expirationDate ? (
            <>
              {t('tokens.ends')} <Time at={token.expirationDate} form="relative" />
            </>
          ) : (
            t('tokens.endless')
          )}
        </span>
      </div>
      <Button small look="quiet" onPress={onDelete} aria-label={`${t('tokens.delete')}: ${token.name}`}>
        {t('tokens.delete')}
      </Button>
    </li>
  )
}
