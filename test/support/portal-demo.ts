import type { Portal } from './browser.ts'

interface Item {
  id: string
  name: string
  type?: string
}

const dayMs = 86_400_000

/** Gives the demo organisation something to look at: requests of every kind that wait, and a rule that one of them breaks. Only once. */
export async function fillDemo(portal: Portal): Promise<void> {
  const admin = await portal.windowOf('admin')
  const policies: unknown[] = await portal.call(admin, 'GET', '/v2025/sod-policies')
  if (policies.length > 0) return admin.context().close()
  const people: { id: string; alias: string }[] = await portal.call(admin, 'GET', '/countersign/v1/sandbox/people?limit=250')
  const idOf = (alias: string) => people.find((one) => one.alias === alias)?.id ?? ''
  const objects: Item[] = await portal.call(admin, 'GET', '/v2025/requestable-objects?limit=250')
  const entitlements: Item[] = await portal.call(admin, 'GET', '/v2025/entitlements?limit=250')
  const itemOf = (name: string) => {
    const object = objects.find((one) => one.name === name)
    if (object) return { type: object.type, id: object.id }
    return { type: 'ENTITLEMENT', id: entitlements.find((one) => one.name === name)?.id ?? '' }
  }
  await portal.call(admin, 'PUT', '/v2025/access-request-config', {
    requestOnBehalfOfConfig: { allowRequestOnBehalfOfEmployeeByManager: true, allowRequestOnBehalfOfAnyoneByAnyone: true },
  })
  const criteria = (name: string) => ({ name, criteriaList: [{ type: 'ENTITLEMENT', id: itemOf(name).id }] })
  await portal.call(admin, 'POST', '/v2025/sod-policies', {
    name: 'Nobody reads and posts in the ledger',
    ownerRef: { type: 'IDENTITY', id: idOf('ines.falk') },
    type: 'CONFLICTING_ACCESS_BASED',
    conflictingAccessCriteria: { leftCriteria: criteria('Ledger Readers'), rightCriteria: criteria('Ledger Editors') },
  })
  const ask = async (alias: string, names: string[], dates: object = {}) => {
    const page = await portal.windowOf(alias)
    await portal.call(page, 'POST', '/v2025/access-requests', {
      requestedFor: [idOf(alias)],
      requestedItems: names.map((name) => ({ ...itemOf(name), comment: 'For the project that begins on Monday', ...dates })),
    })
    await page.context().close()
  }
  const removeDate = new Date(Date.now() + 20 * dayMs).toISOString()
  for (const alias of ['emp.alice', 'emp.bob', 'hugo.lind']) await ask(alias, ['GitHub Developers', 'Server Room Badge', 'Finance Analyst'])
  await ask('emp.alice', ['Software Engineer'], { removeDate })
  await ask('maya.stone', ['Ledger Editors'], { removeDate })
  await admin.context().close()
}
