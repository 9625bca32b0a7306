import { type Connector, type SecretBox, TargetError } from '../../ports.ts'
import { type ScimSettings, scimConnector } from './scim/connector.ts'

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
const kinds: Record<string, (settings: unknown) => Connector> = {
  scim: (settings) => scimConnector(settings as ScimSettings),
}

export const connectorKinds = Object.keys(kinds)

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

function make(source: ConnectedSource, secrets: SecretBox): Connector {
  const kind = kinds[source.connector ?? '']
  if (!kind)
    throw new TargetError('failed', `There is no connector of the kind ${source.connector}; there are ${connectorKinds.join(', ')}.`)
  return kind(settingsOf(source, secrets))
}

function settingsOf(source: ConnectedSource, secrets: SecretBox): unknown {
  try {
    return JSON.parse(secrets.open(source.connectorSettings ?? ''))
  } catch {
    throw new TargetError('failed', 'The settings of this connector cannot be read: they were sealed with another encryption key.')
  }
}
