import { useState } from 'react'
import { refuseFirst } from '../../../api/bulk.ts'
import { useSend } from '../../../api/queries.ts'
import type { Answer, RowOf } from '../../../api/types.ts'
import { Button } from '../../../parts/button.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { Section } from '../../../parts/page.tsx'
import { Person } from '../../../parts/person.tsx'
import { PersonPicker, type PickedPerson } from '../../../parts/person-picker.tsx'
import { useSortedRows } from '../../../parts/sorted-rows.ts'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { type Say, useText } from '../../../text/text.tsx'

type Member = RowOf<'listWorkgroupMembers'>

/** Members come in pages of at most fifty. */
const pageSize = 50

function columns(t: Say, take: (member: Member) => void): Column<Member>[] {
  return [
    {
      id: 'name',
      header: t('people.name'),
      narrow: 'title',
      sorter: 'name',
      cell: ({ name }) => <Person name={name} size={26} />,
      text: ({ name }) => name,
    },
    { id: 'mail', header: t('people.mail'), narrow: 'detail', cell: ({ email }) => email ?? '–', text: ({ email }) => email },
    {
      id: 'take',
      header: t('groups.take'),
      width: '10rem',
      narrow: 'aside',
      cell: (member) => (
        <Button small look="quiet" onPress={() => take(member)} aria-label={`${t('groups.take')}: ${member.name}`}>
          {t('groups.take')}
        </Button>
      ),
    },
  ]
}

/** Who is in a group; adding and taking out. */
export function GroupMembers({ group }: { group: Answer<'getWorkgroup'> }) {
  const t = useText()
  const [leaving, setLeaving] = useState<Member>()
  const [isAdding, setAdding] = useState(false)
  const table = useSortedRows('listWorkgroupMembers', { params: { workgroupId: group.id } }, 'name', pageSize)
  const remove = useSend('deleteWorkgroupMembers', 'groups', 'approvals')
  const take = async () => {
    if (leaving === undefined) return
    refuseFirst(await remove.mutateAsync({ params: { workgroupId: group.id }, body: [{ type: 'IDENTITY', id: leaving.id }] }))
    tellDone(t('groups.taken', { name: leaving.name }))
  }
  return (
    <Section
      title={t('groups.members')}
      count={table.rows.count}
      action={
        <Button icon="plus" onPress={() => setAdding(true)}>
          {t('groups.add')}
        </Button>
      }
    >
      <TableWithFile
        label={t('groups.members')}
        file="group-members"
        columns={columns(t, setLeaving)}
        {...table}
        keyOf={({ id }) => id}
        empty={
          <Empty icon="people" title={t('groups.membersNone')}>
            {t('groups.membersNoneText')}
          </Empty>
        }
      />
      <AddMember group={group} isOpen={isAdding} onClose={() => setAdding(false)} />
      <Confirm
        title={t('groups.takeTitle', { name: leaving?.name, group: group.name })}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        action={t('groups.take')}
        isDanger
        run={take}
      >
        <p>{t('groups.takeText')}</p>
      </Confirm>
    </Section>
  )
}

function AddMember({ group, isOpen, onClose }: { group: Answer<'getWorkgroup'>; isOpen: boolean; onClose(): void }) {
  const t = useText()
  const [person, setPerson] = useState<PickedPerson>()
  const add = useSend('updateWorkgroupMembers', 'groups', 'approvals')
  const run = async () => {
    if (person === undefined) return
    refuseFirst(await add.mutateAsync({ params: { workgroupId: group.id }, body: [{ type: 'IDENTITY', id: person.id }] }))
    tellDone(t('groups.added', { name: person.name }))
    setPerson(undefined)
  }
  return (
    <Confirm
      title={t('groups.addTitle', { group: group.name })}
      isOpen={isOpen}
      onClose={onClose}
      action={t('groups.add')}
      isDisabled={person === undefined}
      run={run}
    >
      <PersonPicker label={t('groups.person')} value={person} onChange={setPerson} isRequired autoFocus />
    </Confirm>
  )
}
