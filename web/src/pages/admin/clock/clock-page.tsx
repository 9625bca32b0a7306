import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../../api/call.ts'
import { useCall } from '../../../api/queries.ts'
import type { Body } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { Button } from '../../../parts/button.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { TextField } from '../../../parts/fields.tsx'
import { Facts, Page } from '../../../parts/page.tsx'
import { Problem, Shown } from '../../../parts/states.tsx'
import { Time } from '../../../parts/time.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useLocale, useText } from '../../../text/text.tsx'

const steps = ['PT1H', 'P1D', 'P3D', 'P7D', 'P30D'] as const

type Moving = NonNullable<Body<'setClock'>>

/** Business time of a sandbox: shown, held, moved and released. */
export function ClockPage() {
  const t = useText()
  const clock = useCall('getClock', {})
  const { move, busy, error } = useMove()
  const [isReleasing, setReleasing] = useState(false)
  const [at, setAt] = useState('')
  return (
    <Page title={t('clock.title')} about={t('clock.about')}>
      <Shown query={clock}>
        {({ now, held, realNow }) => (
          <section className="card stack">
            <Facts
              rows={[
                [
                  t('clock.now'),
                  <span key="now" className="row">
                    <strong>
                      <Time at={now} />
                    </strong>
                    <Badge tone={held ? 'warn' : 'good'}>{held ? t('clock.held') : t('clock.running')}</Badge>
                  </span>,
                ],
                [t('clock.real'), <Time key="real" at={realNow} />],
              ]}
            />
            <div className="row">
              <Button icon="clock" isPending={busy === 'hold'} onPress={() => void move('hold', { hold: !held })}>
                {held ? t('clock.letRun') : t('clock.hold')}
              </Button>
              <Button look="quiet" icon="undo" onPress={() => setReleasing(true)}>
                {t('clock.release')}
              </Button>
            </div>
          </section>
        )}
      </Shown>
      <section className="card stack">
        <h2>{t('clock.advance')}</h2>
        <div className="row">
          {steps.map((step) => (
            <Button
              key={step}
              icon="right"
              isPending={busy === step}
              isDisabled={busy !== undefined}
              onPress={() => void move(step, { advance: step })}
            >
              {t(`clock.by.${step}`)}
            </Button>
          ))}
        </div>
        <div className="row clock-set">
          <TextField type="datetime-local" label={t('clock.to')} value={at} onChange={setAt} />
          <Button
            isDisabled={Number.isNaN(Date.parse(at))}
            isPending={busy === 'set'}
            onPress={() => void move('set', { set: new Date(at).toISOString() })}
          >
            {t('clock.set')}
          </Button>
        </div>
        {error ? <Problem error={error} inline /> : null}
      </section>
      <Confirm
        title={t('clock.releaseTitle')}
        isOpen={isReleasing}
        onClose={() => setReleasing(false)}
        action={t('clock.release')}
        run={() => move('release', { release: true })}
      >
        <p>{t('clock.releaseText')}</p>
      </Confirm>
    </Page>
  )
}

/** Moves the clock; whatever was due by then may have changed anything, so all is asked anew. */
function useMove() {
  const t = useText()
  const locale = useLocale()
  const client = useQueryClient()
  const [busy, setBusy] = useState<string>()
  const [error, setError] = useState<unknown>()
  const move = async (name: string, body: Moving) => {
    setBusy(name)
    setError(undefined)
    try {
      const { now } = await call('setClock', { body })
      tellDone(t('clock.moved', { time: new Date(now).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' }) }))
      await client.invalidateQueries()
    } catch (caught) {
      setError(caught)
    } finally {
      setBusy(undefined)
    }
  }
  return { move, busy, error }
}
