import type { EntitlementRequestConfigBody } from '../../api/catalogue/request-config.ts'
import { SourceFeatures } from '../../api/catalogue/sources.ts'
import type { RequestConfig } from '../../domain/access-model.ts'
import { DomainError } from '../../domain/errors.ts'
import { setSourceRequestConfig } from '../../operations/catalogue/set-source-request-config.ts'
import { findSource, listSources, type SourceRow } from '../../store/catalogue/sources.ts'
import { loadTenantConfig } from '../../store/settings.ts'
import { type Call, type Handler, param } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { toWireRequestConfig } from '../request-config.ts'
import { identityRef, instant } from '../wire-names.ts'
import { refuseSubadmin } from './segments.ts'
import { inOurWords, is, never, type Translator, words } from './wire-filters.ts'
import { fromWireEntitlementConfig } from './written-items.ts'

/** How the wire tells a source with a connector from one that a person works by hand. */
export const connectionTypes = (field: string): Translator => words({ direct: is(field, false), file: is(field, true) })

export function connectionType(connector: string | null): 'direct' | 'file' {
  return connector === null || connector === 'manual' ? 'file' : 'direct'
}

/** Every source with a connector has the same features, one without has none: all of those asked for, or no row. */
const features: Translator = (leaf) => {
  if (leaf.node === 'present') return is('features', !leaf.present)
  const wanted = (leaf.node === 'list' ? leaf.values : [leaf.value]).map((value) => String(value).toUpperCase())
  return wanted.every((word) => (SourceFeatures as readonly string[]).includes(word)) ? is('features', false) : never
}

const translators = {
  features,
  connectionType: connectionTypes('connectionType'),
  status: words({ SOURCE_STATE_HEALTHY: is('status', false), SOURCE_STATE_UNCHECKED_SOURCE: is('status', true) }),
}

export const sourceHandlers = {
  listSources: async (call) => {
    refuseSubadmin(call)
    const page = await listSources(call.app.db.sql, inOurWords(pageQuery(call.operation, call.query), translators))
    return { body: page.rows.map(toWire), total: page.total }
  },
  getSource: async (call) => ({ body: toWire(await loadSource(call)) }),
  getSourceEntitlementRequestConfig: async (call) => {
    const source = await loadSource(call)
    const config = source.requestConfig ?? (await loadTenantConfig(call.app.db.sql)).entitlements
    return { body: toWireRequestConfig('ENTITLEMENT', config, call.dialect) }
  },
  updateSourceEntitlementRequestConfig: async (call) => {
    const replace = (inForce: RequestConfig) => fromWireEntitlementConfig(call.body as EntitlementRequestConfigBody, inForce)
    const config = await setSourceRequestConfig(call.app, call.actor, param(call, 'id'), replace)
    return { body: toWireRequestConfig('ENTITLEMENT', config, call.dialect) }
  },
} satisfies Record<string, Handler>

async function loadSource(call: Call): Promise<SourceRow> {
  const id = param(call, 'id')
  const source = await findSource(call.app.db.sql, id)
  if (!source) throw new DomainError('not_found', `There is no source ${id}.`)
  return source
}

function toWire(row: SourceRow): object {
  const byHand = connectionType(row.connector) === 'file'
  return {
    id: row.id,
    name: row.name,
    description: row.description ?? '',
    owner: identityRef(row.owner),
    cluster: null,
    accountCorrelationConfig: null,
    accountCorrelationRule: null,
    managerCorrelationMapping: null,
    managerCorrelationRule: null,
    beforeProvisioningRule: null,
    schemas: [],
    passwordPolicies: [],
    features: byHand ? [] : SourceFeatures,
    type: row.connector,
    connector: row.connector,
    connectorAttributes: {},
    authoritative: false,
    managementWorkgroup: null,
    healthy: row.connected,
    status: row.connected ? 'SOURCE_STATE_HEALTHY' : 'SOURCE_STATE_UNCHECKED_SOURCE',
    connectorId: row.connector,
    connectorName: row.connector,
    connectionType: connectionType(row.connector),
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    credentialProviderEnabled: false,
    category: null,
  }
}
