import { type Connector, type SecretBox, TargetError } from '../../ports.ts'
import { ldapConnector } from './ldap/connector.ts'
import { ldapTable } from './ldap/settings.ts'
import { postgresConnector } from './postgres/connector.ts'
import { postgresTable } from './postgres/settings.ts'
import { saasConnector } from './saas/connector.ts'
import { saasTable } from './saas/settings.ts'
import { scimTable } from './scim/client.ts'
import { scimConnector } from './scim/connector.ts'
import { readSettings, type SettingsTable } from './settings.ts'

/** A source as far as its connector is concerned. */
export interface ConnectedSource {
  id: string
  connector: string | null
  connectorSettings: string | null
}

export interface ConnectorRegistry {
  /** Opens (or finds open) the connector of a source. Refuses (TargetError) when it has none or its settings cannot be used. */
  connectorFor(source: ConnectedSource): Connector
  close(): Promise<void>
}

/** The kinds there are; `source.connector` names one. */
export const kinds: Record<string, { table: SettingsTable; open(settings: unknown): Connector }> = {
  scim: { table: scimTable, open: scimConnector },
  ldap: { table: ldapTable, open: ldapConnector },
  postgres: { table: postgresTable, open: postgresConnector },
  saas: { table: saasTable, open: saasConnector },
}

export const connectorKinds = Object.keys(kinds)

/** Refuses (TargetError) settings that a connector of this kind could not be opened with, and a kind that there is not. */
export function checkSettings(kind: string, settings: unknown): void {
  readSettings(kind, kindOf(kind).table, settings)
}

/** Keeps one open connector per source; settings that changed open a new one. */
export function openConnectors(secrets: SecretBox): ConnectorRegistry {
  const open = new Map<string, { settings: string; connector: Connector }>()
  return {
    connectorFor(source) {
      if (source.connectorSettings === null) throw new TargetError('failed', 'The connector of this source has no settings yet.')
      const known = open.get(source.id)
      if (known?.settings === source.connectorSettings) return known.connector
      const connector = make(source, secrets)
      open.set(source.id, { settings: source.connectorSettings, connector })
      void known?.connector.close().catch(() => undefined)
      return connector
    },
    async close() {
      await Promise.all([...open.values()].map(({ connector }) => connector.close()))
      open.clear()
    },
  }
}

function kindOf(name: string | null) {
  const kind = kinds[name ?? '']
  if (!kind) throw new TargetError('failed', `There is no connector of the kind ${name}; there are ${connectorKinds.join(', ')}.`)
  return kind
}

function make(source: ConnectedSource, secrets: SecretBox): Connector {
  const kind = kindOf(source.connector)
  const settings = settingsOf(source, secrets)
  try {
    return kind.open(settings)
  } catch (error) {
    // Whoever mends the settings must find the work still there.
    throw error instanceof TargetError ? new TargetError('failed', error.message) : error
  }
}

/** `madeBy` is the sandbox's note to itself that nobody has given other settings; no connector knows it. */
function settingsOf(source: ConnectedSource, secrets: SecretBox): unknown {
  try {
    const { madeBy: _note, ...settings } = JSON.parse(secrets.open(source.connectorSettings ?? '')) as Record<string, unknown>
    return settings
  } catch {
    throw new TargetError('failed', 'The settings of this connector cannot be read: they were sealed with another encryption key.')
  }
}
