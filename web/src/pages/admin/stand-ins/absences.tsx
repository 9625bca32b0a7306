import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { allRows } from '../../../api/all-rows.ts'
import { useSend } from '../../../api/queries.ts'
import { useRows } from '../../../api/rows.ts'
import type { RowOf } from '../../../api/types.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { Menu } from '../../../parts/menu.tsx'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { MaybeTime, Time } from '../../../parts/time.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Away = RowOf<'listReassignmentConfigurations'>
type Type = Away['configDetails'][number]['configType']

/** The two types of work that there are here. */
const types = ['ACCESS_REQUESTS', 'MANUAL_TASKS'] as const

const detailOf = (away: Away, type: Type) => away.configDetails.find(({ configType }) => configType === type)

interface Ending {
  person: Away['identity']
  type: Type
}

function columns(t: Say, end: (ending: Ending) => void): Column<Away>[] {
  return [
    {
      id: 'person',
      header: t('standIns.person'),
      width: 'minmax(10rem, 1fr)',
      narrow: 'title',
      cell: ({ identity }) => (
        <Link to="/admin/people/$personId" params={{ personId: identity.id }} className="table-link">
          {identity.name}
        </Link>
      ),
      text: ({ identity }) => identity.name,
    },
    ...types.flatMap((type) => columnsOf(t, type)),
    {
      id: 'end',
      header: t('standIns.end'),
      width: '5rem',
      narrow: 'aside',
      cell: ({ identity, configDetails }) => (
        <span className="table-button">
          <Menu
            label={`${t('standIns.end')}: ${identity.name}`}
            look="icon"
            sections={[
              {
                title: t('standIns.end'),
                choices: configDetails.map(({ configType }) => ({
                  id: configType,
                  name: t(`standIns.type.${configType}`),
                  isDanger: true,
                  run: () => end({ person: identity, type: configType }),
                })),
              },
            ]}
          >
            <Icon name="close" />
          </Menu>
        </span>
      ),
    },
  ]
}

/** Who stands in for one type of work, and when; in a file each of these has a column of its own. */
function columnsOf(t: Say, type: (typeof types)[number]): Column<Away>[] {
  const name = t(`standIns.type.${type}`)
  const detail = (away: Away) => detailOf(away, type)
  return [
    {
      id: type,
      header: name,
      width: 'minmax(14rem, 1.5fr)',
      wraps: true,
      ...(type === 'ACCESS_REQUESTS' ? { narrow: 'detail' as const } : {}),
      cell: (away) => {
        const found = detail(away)
        if (!found) return '–'
        return (
          <>
            <strong>{found.targetIdentity.name}</strong>, <Time at={found.startDate} form="day" /> –{' '}
            <MaybeTime at={found.endDate} form="day" none={t('standIns.endless')} />
          </>
        )
      },
      text: (away) => detail(away)?.targetIdentity.name,
    },
    { id: `${type} from`, header: `${name}: ${t('standIns.from')}`, cell: () => null, text: (away) => detail(away)?.startDate },
    { id: `${type} until`, header: `${name}: ${t('standIns.until')}`, cell: () => null, text: (away) => detail(away)?.endDate },
  ]
}

const onlyInFile = types.flatMap((type) => [`${type} from`, `${type} until`])

/** Who is away, who stands in for them, and ending that. */
export function Absences() {
  const t = useText()
  const rows = useRows('listReassignmentConfigurations', {})
  const [ending, setEnding] = useState<Ending>()
  const end = useSend('deleteReassignmentConfiguration', 'standIns', 'approvals', 'tasks')
  const run = async () => {
    if (ending === undefined) return
    await end.mutateAsync({ params: { identityId: ending.person.id, configType: ending.type } })
    tellDone(t('standIns.ended', { name: ending.person.name }))
  }
  return (
    <>
      <TableWithFile
        label={t('standIns.title')}
        file="stand-ins"
        columns={columns(t, setEnding)}
        hidden={onlyInFile}
        rows={rows}
        keyOf={({ identity }) => identity.id}
        load={() => allRows('listReassignmentConfigurations', {})}
        empty={
          <Empty icon="people" title={t('standIns.none')}>
            {t('standIns.noneText')}
          </Empty>
        }
      />
      <Confirm
        title={t('standIns.endTitle', { name: ending?.person.name })}
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        action={t('standIns.end')}
        isDanger
        run={run}
      >
        <p>{t('standIns.endText')}</p>
      </Confirm>
    </>
  )
}
