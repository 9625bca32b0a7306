import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useCall, useSend } from '../../../api/queries.ts'
import { useMe } from '../../../api/session.ts'
import type { Answer } from '../../../api/types.ts'
import { BackLink, Button } from '../../../parts/button.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { Page } from '../../../parts/page.tsx'
import { Problem, Shown } from '../../../parts/states.tsx'
import { tellDone } from '../../../parts/toast.tsx'
import { useText } from '../../../text/text.tsx'
import { type PolicyDraft, PolicyForm } from './policy-form.tsx'

type Policy = Answer<'getSodPolicy'>

/** One policy, which may be one that is being made. */
export function PolicyPage() {
  const { policyId = '' } = useParams({ strict: false }) as { policyId?: string }
  return policyId === 'new' ? <NewPolicy /> : <KnownPolicy key={policyId} id={policyId} />
}

function NewPolicy() {
  const t = useText()
  const me = useMe()
  const navigate = useNavigate()
  const make = useSend('createSodPolicy', 'policies')
  const save = async (draft: PolicyDraft) => {
    const made = await make.mutateAsync({ body: toWire(draft) }).catch(() => undefined)
    if (made === undefined) return
    tellDone(t('policies.made'))
    await navigate({ to: '/admin/policies' })
  }
  const empty: PolicyDraft = {
    name: '',
    description: '',
    owner: { id: me.id, name: me.name },
    isEnforced: true,
    leftName: '',
    left: [],
    rightName: '',
    right: [],
    controls: '',
    advice: '',
  }
  return (
    <Page title={t('policies.new')} back={<BackLink to="/admin/policies">{t('policies.title')}</BackLink>}>
      {make.error ? <Problem error={make.error} inline /> : null}
      <PolicyForm saved={empty} action={t('policies.make')} isBusy={make.isPending} onSave={(draft) => void save(draft)} />
    </Page>
  )
}

function KnownPolicy({ id }: { id: string }) {
  const t = useText()
  const navigate = useNavigate()
  const policy = useCall('getSodPolicy', { params: { id } })
  const change = useSend('putSodPolicy', 'policies')
  const remove = useSend('deleteSodPolicy', 'policies')
  const [isLeaving, setLeaving] = useState(false)
  const save = async (draft: PolicyDraft) => {
    const saved = await change
      .mutateAsync({ params: { id }, body: { ...toWire(draft), ...kept(policy.data, draft) } })
      .catch(() => undefined)
    if (saved !== undefined) tellDone(t('policies.saved'))
  }
  return (
    <Page
      title={policy.data?.name ?? t('policies.title')}
      back={<BackLink to="/admin/policies">{t('policies.title')}</BackLink>}
      actions={
        <Button look="quiet" onPress={() => setLeaving(true)}>
          {t('policies.delete')}
        </Button>
      }
    >
      {change.error ? <Problem error={change.error} inline /> : null}
      <Shown query={policy}>
        {(data) => (
          <PolicyForm
            key={data.modified}
            saved={fromWire(data)}
            action={t('part.save')}
            isBusy={change.isPending}
            onSave={(draft) => void save(draft)}
          />
        )}
      </Shown>
      <Confirm
        title={t('policies.deleteTitle', { name: policy.data?.name })}
        isOpen={isLeaving}
        onClose={() => setLeaving(false)}
        action={t('policies.delete')}
        isDanger
        run={async () => {
          await remove.mutateAsync({ params: { id } })
          tellDone(t('policies.deleted'))
          await navigate({ to: '/admin/policies' })
        }}
      >
        <p>{t('policies.deleteText')}</p>
      </Confirm>
    </Page>
  )
}

function fromWire({ conflictingAccessCriteria, ownerRef, ...policy }: Policy): PolicyDraft {
  const { leftCriteria, rightCriteria } = conflictingAccessCriteria
  return {
    name: policy.name,
    description: policy.description ?? '',
    owner: { id: ownerRef.id, name: ownerRef.name },
    isEnforced: policy.state === 'ENFORCED',
    leftName: leftCriteria.name,
    left: leftCriteria.criteriaList,
    rightName: rightCriteria.name,
    right: rightCriteria.criteriaList,
    controls: policy.compensatingControls ?? '',
    advice: policy.correctionAdvice ?? '',
  }
}

/** What the page does not show and a replacement must not lose; an owner that is a group stays one. */
function kept(policy: Policy | undefined, draft: PolicyDraft) {
  if (policy === undefined) return {}
  const { externalPolicyReference, tags, violationOwnerAssignmentConfig, ownerRef } = policy
  const owner = draft.owner?.id === ownerRef.id ? { ownerRef: { type: ownerRef.type, id: ownerRef.id } } : {}
  return { externalPolicyReference, tags, violationOwnerAssignmentConfig, ...owner }
}

function toWire(draft: PolicyDraft) {
  const side = (name: string, list: PolicyDraft['left']) => ({
    name: name.trim(),
    criteriaList: list.map(({ id }) => ({ type: 'ENTITLEMENT' as const, id })),
  })
  const text = (value: string) => (value.trim() === '' ? null : value.trim())
  return {
    name: draft.name.trim(),
    description: text(draft.description),
    type: 'CONFLICTING_ACCESS_BASED' as const,
    state: draft.isEnforced ? ('ENFORCED' as const) : ('NOT_ENFORCED' as const),
    ...(draft.owner === undefined ? {} : { ownerRef: { type: 'IDENTITY' as const, id: draft.owner.id } }),
    compensatingControls: text(draft.controls),
    correctionAdvice: text(draft.advice),
    conflictingAccessCriteria: { leftCriteria: side(draft.leftName, draft.left), rightCriteria: side(draft.rightName, draft.right) },
  }
}
