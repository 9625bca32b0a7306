import { useState } from 'react'
import { useCall, useSend } from '../../../api/queries.ts'
import { Button } from '../../../parts/button.tsx'
import { Switch } from '../../../parts/checkbox.tsx'
import { Page, Section } from '../../../parts/page.tsx'
import { Problem, Shown } from '../../../parts/states.tsx'
import { useText } from '../../../text/text.tsx'
import { Absences } from './absences.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { Moves } from './moves.tsx'
import { StandInDialog } from './stand-in-dialog.tsx'

/** Who stands in for whom, and moving everything of somebody who leaves. */
export function StandInsPage() {
  const t = useText()
  const [open, setOpen] = useState<'standIn' | 'move'>()
  return (
    <Page wide title={t('standIns.title')} about={t('standIns.about')}>
      <Section
        title={t('standIns.title')}
        action={
          <Button look="primary" icon="plus" onPress={() => setOpen('standIn')}>
            {t('standIns.new')}
          </Button>
        }
      >
        <TenantSwitch />
        <Absences />
      </Section>
      <Section
        title={t('moves.title')}
        action={
          <Button icon="forward" onPress={() => setOpen('move')}>
            {t('moves.new')}
          </Button>
        }
      >
        <p className="muted">{t('moves.about')}</p>
        <Moves />
      </Section>
      {open === 'standIn' ? <StandInDialog isOpen onClose={() => setOpen(undefined)} /> : null}
      {open === 'move' ? <MoveDialog isOpen onClose={() => setOpen(undefined)} /> : null}
    </Page>
  )
}

/** Whether stand-ins are used at all. */
function TenantSwitch() {
  const t = useText()
  const config = useCall('getTenantConfigConfiguration', {})
  const save = useSend('putTenantConfiguration', 'standIns')
  return (
    <Shown query={config} rows={1}>
      {({ configDetails: { disabled } }) => (
        <div className="stack stack-small">
          <Switch
            label={t('standIns.on')}
            isSelected={!disabled}
            isDisabled={save.isPending}
            onChange={(on) => save.mutate({ body: { configDetails: { disabled: !on } } })}
          />
          {save.error ? <Problem error={save.error} inline /> : null}
        </div>
      )}
    </Shown>
  )
}
