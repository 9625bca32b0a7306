import { Link } from '@tanstack/react-router'
import { allRows } from '../../../api/all-rows.ts'
import { useRows } from '../../../api/rows.ts'
import type { RowOf } from '../../../api/types.ts'
import { Badge } from '../../../parts/badges.tsx'
import { Page } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { tell } from '../../../parts/telling.ts'
import { MaybeTime } from '../../../parts/time.tsx'
import { type Say, useText } from '../../../text/text.tsx'
import { healthTones } from './health.ts'

type Health = RowOf<'listSourceHealth'>

function columns(t: Say): Column<Health>[] {
  return [
    {
      id: 'name',
      header: t('sources.name'),
      width: 'minmax(11rem, 1.2fr)',
      narrow: 'title',
      cell: ({ id, name }) => (
        <Link to="/admin/sources/$sourceId" params={{ sourceId: id }} className="table-link">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      id: 'state',
      header: t('sources.state'),
      width: '9rem',
      narrow: 'aside',
      cell: ({ state }) => <Badge tone={healthTones[state]}>{t(`sources.state.${state}`)}</Badge>,
      text: ({ state }) => state,
    },
    {
      id: 'why',
      header: t('sources.why'),
      width: 'minmax(13rem, 2fr)',
      narrow: 'detail',
      wraps: true,
      cell: ({ why, sentence }) => tell(t, { text: why, sentence }),
      text: ({ why, sentence }) => tell(t, { text: why, sentence }),
    },
    {
      id: 'connector',
      header: t('sources.connector'),
      width: '8rem',
      cell: ({ connector }) => connector ?? t('sources.byHand'),
      text: ({ connector }) => connector,
    },
    {
      id: 'owner',
      header: t('sources.owner'),
      cell: ({ owner }) => <Person name={owner.name} size={24} />,
      text: ({ owner }) => owner.name,
    },
    { id: 'waiting', header: t('sources.waiting'), width: '6rem', cell: ({ jobsWaiting }) => jobsWaiting, text: (row) => row.jobsWaiting },
    { id: 'failed', header: t('sources.failed'), width: '6rem', cell: ({ failed }) => failed, text: ({ failed }) => failed },
    { id: 'drift', header: t('sources.drift'), width: '5rem', cell: ({ openDrift }) => openDrift, text: ({ openDrift }) => openDrift },
    {
      id: 'read',
      header: t('sources.lastRead'),
      width: '8rem',
      cell: ({ lastSync }) => <MaybeTime at={lastSync?.finishedAt} form="relative" none="–" />,
      text: ({ lastSync }) => lastSync?.finishedAt,
    },
  ]
}

/** How the systems do on which access is given. */
export function SourcesPage() {
  const t = useText()
  const rows = useRows('listSourceHealth', {})
  return (
    <Page wide title={t('sources.title')} about={t('sources.about')}>
      <TableWithFile
        label={t('sources.title')}
        file="sources"
        columns={columns(t)}
        rows={rows}
        keyOf={({ id }) => id}
        load={() => allRows('listSourceHealth', {})}
        empty={<Empty icon="server" title={t('sources.none')} />}
      />
    </Page>
  )
}
