import type { Portal } from './browser.ts'

interface Named {
  id: string
  name: string
}

/**
 * Gives somebody at least so many approvals: they own access profiles that everybody is asked for, each made for this and asked of its owner.
 * An org admin asks, as the API lets them.
 */
export async function askMany(portal: Portal, ownerAlias: string, least: number): Promise<void> {
  const admin = await portal.windowOf('admin')
  const people: (Named & { alias: string })[] = await portal.call(admin, 'GET', '/countersign/v1/sandbox/people?limit=250')
  const owner = people.find(({ alias }) => alias === ownerAlias)
  const recipients = people.filter(({ alias }) => /^(emp|yara|sven|lena|ravi|kim|elio|grace|felix)/.test(alias)).slice(0, 10)
  const [source] = (await portal.call(admin, 'GET', '/v2025/sources?filters=name%20eq%20%22Building%20Badges%22')) as Named[]
  const filter = encodeURIComponent(`source.id eq "${source?.id}" and name eq "Laboratory"`)
  const [entitlement] = (await portal.call(admin, 'GET', `/v2025/entitlements?filters=${filter}`)) as Named[]
  for (let asked = 0; asked < least; asked += recipients.length) {
    const profile: Named = await portal.call(admin, 'POST', '/v2025/access-profiles', {
      name: `Laboratory, shelf ${asked / recipients.length + 1} of ${ownerAlias}`,
      enabled: true,
      requestable: true,
      owner: { type: 'IDENTITY', id: owner?.id },
      source: { type: 'SOURCE', id: source?.id },
      entitlements: [{ type: 'ENTITLEMENT', id: entitlement?.id }],
      accessRequestConfig: { approvalSchemes: [{ approverType: 'OWNER', approverId: null }] },
    })
    const requestedFor = recipients.map(({ id }) => id)
    await portal.call(admin, 'POST', '/v2025/access-requests', {
      requestedFor,
      requestedItems: [{ type: 'ACCESS_PROFILE', id: profile.id }],
    })
  }
  await admin.context().close()
}
