import type { MessageId, Say } from '../text/text.tsx'

/** What a condition of a policy says, as the server writes it, and how the portal says it. */
const parts: readonly [pattern: RegExp, text: MessageId][] = [
  [/^the person is of (?<names>.+)$/s, 'why.if.department'],
  [/^the person has a manager$/, 'why.if.manager'],
  [/^the person has no manager$/, 'why.if.noManager'],
  [/^the person asks for themselves$/, 'why.if.self'],
  [/^somebody asks for the person$/, 'why.if.other'],
  [/^it is privileged$/, 'why.if.privileged'],
  [/^it is not privileged$/, 'why.if.notPrivileged'],
  [/^it is asked for longer than (?<days>\d+) days$/, 'why.if.long'],
  [/^it would break the separation of duties$/, 'why.if.breaks'],
  [/^it keeps the separation of duties$/, 'why.if.keeps'],
  [/^of the source it is on$/, 'why.if.source'],
  [/^it is (?<names>(?:role|access profile|entitlement)(?: or (?:role|access profile|entitlement))*)$/, 'why.if.kind'],
]

const kinds: Record<string, MessageId> = { role: 'kind.role', 'access profile': 'kind.accessProfile', entitlement: 'kind.entitlement' }

/** Says the conditions of a step in the reader's language; a part that is not known stays as it is. */
export function sayConditions(t: Say, conditions: string): string {
  return conditions
    .split(', and ')
    .map((part) => sayPart(t, part))
    .join(t('why.and'))
}

function sayPart(t: Say, part: string): string {
  for (const [pattern, id] of parts) {
    const found = pattern.exec(part)
    if (!found) continue
    const { names, days } = found.groups ?? {}
    const said = names?.split(' or ').map((name) => (id === 'why.if.kind' ? t(kinds[name] as MessageId) : name))
    return t(id, { names: said?.join(t('why.or')), days })
  }
  return part
}
