import { useState } from 'react'
import { allRows } from '../../../api/all-rows.ts'
import { CallError } from '../../../api/call.ts'
import { useSend } from '../../../api/queries.ts'
import { useRows } from '../../../api/rows.ts'
import type { RowOf } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { Button } from '../../../parts/button.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { DownloadCsv } from '../../../parts/download-csv.tsx'
import { Section } from '../../../parts/page.tsx'
import { type Refusal, Refusals } from '../../../parts/refusals.tsx'
import { Empty } from '../../../parts/states.tsx'
import { stuckToTop } from '../../../parts/stuck.ts'
import { type Column, Table } from '../../../parts/table.tsx'
import { Time } from '../../../parts/time.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type DriftRow = RowOf<'listSourceDrift'>

/** As many as one call takes. */
const most = 500

function columns(t: Say): Column<DriftRow>[] {
  return [
    {
      id: 'entitlement',
      header: t('sources.entitlement'),
      narrow: 'title',
      cell: ({ entitlement }) => <strong>{entitlement.name}</strong>,
      text: ({ entitlement }) => entitlement.name,
    },
    {
      id: 'change',
      header: t('sources.change'),
      width: '7rem',
      narrow: 'aside',
      cell: ({ kind }) => <Badge tone={kind === 'ADDED' ? 'warn' : 'bad'}>{t(`sources.driftKind.${kind}`)}</Badge>,
      text: ({ kind }) => kind,
    },
    {
      id: 'account',
      header: t('sources.account'),
      narrow: 'detail',
      cell: ({ account }) => account.nativeIdentity,
      text: ({ account }) => account.nativeIdentity,
    },
    {
      id: 'person',
      header: t('sources.person'),
      cell: ({ account }) => account.owner?.name ?? '–',
      text: ({ account }) => account.owner?.name,
    },
    {
      id: 'found',
      header: t('sources.found'),
      width: '9rem',
      cell: ({ foundAt }) => <Time at={foundAt} form="relative" />,
      text: ({ foundAt }) => foundAt,
    },
  ]
}

/** What changed at the target behind our back: accepted, or put back. */
export function Drift({ id }: { id: string }) {
  const t = useText()
  const input = { params: { id } }
  const rows = useRows('listSourceDrift', input)
  const all = columns(t)
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  return (
    <Section
      title={t('sources.drift')}
      count={rows.count}
      action={<DownloadCsv small name="drift" columns={all} load={() => allRows('listSourceDrift', input)} />}
    >
      <p className="muted">{t('sources.driftAbout')}</p>
      {rows.count ? <Settle id={id} keys={keys} onDone={() => setKeys(new Set())} /> : null}
      <Table
        label={t('sources.drift')}
        columns={all}
        rows={rows}
        keyOf={(row) => row.id}
        selection={{
          keys,
          onChange: setKeys,
          nameOf: ({ entitlement, account }) => t('sources.choose', { entitlement: entitlement.name, account: account.nativeIdentity }),
          most,
        }}
        empty={<Empty icon="check" title={t('sources.driftNone')} />}
      />
    </Section>
  )
}

function Settle({ id, keys, onDone }: { id: string; keys: ReadonlySet<string>; onDone(): void }) {
  const t = useText()
  const [how, setHow] = useState<'adopt' | 'revert'>()
  const [refusals, setRefusals] = useState<Refusal[]>([])
  const adopt = useSend('adoptSourceDrift', 'sources', 'access')
  const revert = useSend('revertSourceDrift', 'sources', 'access')
  const run = async () => {
    const input = { params: { id }, body: { driftIds: [...keys] } }
    const { settled, refused } = await (how === 'adopt' ? adopt.mutateAsync(input) : revert.mutateAsync(input))
    tellDone(t('sources.settled', { count: settled.length }))
    setRefusals(refused.map((one) => ({ id: one.id, name: one.id, error: new CallError(400, one.reason, '') })))
    onDone()
  }
  return (
    <div ref={stuckToTop} className="row bulk">
      <span role="status">{t('sources.chosen', { count: keys.size })}</span>
      <div className="row">
        <Button icon="check" isDisabled={keys.size === 0} onPress={() => setHow('adopt')}>
          {t('sources.adopt')}
        </Button>
        <Button icon="undo" isDisabled={keys.size === 0} onPress={() => setHow('revert')}>
          {t('sources.revert')}
        </Button>
      </div>
      <Confirm
        title={how === 'revert' ? t('sources.revert') : t('sources.adopt')}
        isOpen={how !== undefined}
        onClose={() => setHow(undefined)}
        action={how === 'revert' ? t('sources.revert') : t('sources.adopt')}
        isDanger={how === 'revert'}
        run={run}
      >
        <p>{how === 'revert' ? t('sources.revertText') : t('sources.adoptText')}</p>
      </Confirm>
      <Dialog title={t('sources.drift')} isOpen={refusals.length > 0} onClose={() => setRefusals([])}>
        <Refusals title={t('sources.refused', { count: refusals.length })} refusals={refusals} />
      </Dialog>
    </div>
  )
}
