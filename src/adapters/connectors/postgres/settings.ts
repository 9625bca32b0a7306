import { choice, flag, optionalText, type SettingsOf, text, timeLimit, whole } from '../settings.ts'

export const postgresTable = {
  host: text('the name or address of the server'),
  port: whole('its port', 5432, { from: 1, to: 65_535 }),
  database: text('any database of the server: roles belong to all of them', { usual: 'postgres' }),
  user: text('the role Countersign is to the server; it needs `CREATEROLE`, and the `ADMIN` option on the groups it gives'),
  password: text('the password of that role'),
  tls: choice('whether the connection is encrypted and the certificate checked, or neither as for a server on the same machine', 'verify', [
    'verify',
    'off',
  ]),
  caCertificate: optionalText("PEM text of the certificate that the server's is signed by, where no public authority signed it", {
    pattern: /-----BEGIN CERTIFICATE-----/,
    what: 'the PEM text of a certificate',
  }),
  predefinedRoles: flag('whether roles that come with PostgreSQL, such as `pg_read_all_data`, are entitlements, too', false),
  timeoutMs: timeLimit,
}

export type PostgresSettings = SettingsOf<typeof postgresTable>
