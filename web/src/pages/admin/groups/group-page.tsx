import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useCall, useSend } from '../../../api/queries.ts'
import type { Answer } from '../../../api/types.ts'
import { BackLink, Button } from '../../../parts/button.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { ItemLink } from '../../../parts/item-link.tsx'
import { Facts, Page, Section } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'
import { GroupDialog } from './group-dialog.tsx'
import { GroupMembers } from './group-members.tsx'

type Group = Answer<'getWorkgroup'>

/** One group: who is in it, and where it is asked. */
export function GroupPage() {
  const t = useText()
  const { groupId = '' } = useParams({ strict: false }) as { groupId?: string }
  const group = useCall('getWorkgroup', { params: { id: groupId } })
  return (
    <Page
      title={group.data?.name ?? t('groups.title')}
      about={group.data?.description}
      back={<BackLink to="/admin/groups">{t('groups.title')}</BackLink>}
      actions={group.data ? <Actions group={group.data} /> : null}
    >
      <Shown query={group}>
        {(data) => (
          <>
            <section className="card">
              <Facts rows={[[t('groups.owner'), data.owner ? <Person key="owner" name={data.owner.displayName} size={24} /> : '–']]} />
            </section>
            <GroupMembers group={data} />
            <Connections id={data.id} />
          </>
        )}
      </Shown>
    </Page>
  )
}

function Actions({ group }: { group: Group }) {
  const t = useText()
  const navigate = useNavigate()
  const [open, setOpen] = useState<'edit' | 'delete'>()
  const remove = useSend('deleteWorkgroup', 'groups')
  const run = async () => {
    await remove.mutateAsync({ params: { id: group.id } })
    tellDone(t('groups.deleted'))
    await navigate({ to: '/admin/groups' })
  }
  return (
    <>
      <Button onPress={() => setOpen('edit')}>{t('groups.edit')}</Button>
      <Button look="quiet" onPress={() => setOpen('delete')}>
        {t('groups.delete')}
      </Button>
      {open === 'edit' ? <GroupDialog group={group} isOpen onClose={() => setOpen(undefined)} /> : null}
      <Confirm
        title={t('groups.deleteTitle', { group: group.name })}
        isOpen={open === 'delete'}
        onClose={() => setOpen(undefined)}
        action={t('groups.delete')}
        isDanger
        run={run}
      >
        <p>{t('groups.deleteText')}</p>
      </Confirm>
    </>
  )
}

/** The items whose approvals ask the group, and what it owns. */
function Connections({ id }: { id: string }) {
  const t = useText()
  const connections = useCall('listConnections', { params: { workgroupId: id }, query: { sorters: 'name' } })
  return (
    <Section title={t('groups.connections')} count={connections.data?.length}>
      <Shown query={connections}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="muted">{t('groups.connectionsNone')}</p>
          ) : (
            <ul className="list">
              {rows.map(({ object, connectionType }) => (
                <li key={`${object.id} ${connectionType}`} className="list-item">
                  <div className="list-main">
                    <Place type={object.type} id={object.id} name={object.name} />
                    <span className="muted list-about">{t(`groups.connection.${connectionType}`)}</span>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Section>
  )
}

function Place({ type, id, name }: { type: 'ACCESS_PROFILE' | 'ROLE' | 'SOURCE'; id: string; name: string }) {
  if (type === 'SOURCE') {
    return (
      <Link to="/admin/sources/$sourceId" params={{ sourceId: id }}>
        {name}
      </Link>
    )
  }
  return <ItemLink item={{ type, id, name }} />
}
