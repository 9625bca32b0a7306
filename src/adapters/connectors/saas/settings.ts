import { address, optionalText, record, type SettingsOf, text, textsByName, whole } from '../settings.ts'

export const saasTable = {
  url: address('where the connector takes commands', ['https:', 'http:']),
  token: optionalText('sent as a bearer token, where something in front of the connector asks for one', {
    pattern: /^[\x21-\x7e]+$/,
    what: 'plain characters without spaces',
  }),
  config: record("the connector's own settings, sent with every command: all it ever learns of us", {}),
  entitlements: textsByName('the attributes of an account that hold entitlements, each with the type the connector lists them by', {
    groups: 'group',
  }),
  nameAttribute: text('the attribute of an account that people know it by', { usual: 'displayName' }),
  accountAttributes: record('the attributes of a new account; `$nativeIdentity` and the like stand for what we know of the person', {
    id: '$nativeIdentity',
    displayName: '$displayName',
    firstName: '$firstName',
    lastName: '$lastName',
    email: '$email',
  }),
  timeoutMs: whole('the longest wait for the next line of an answer, in milliseconds; one step of work gets six times that', 60_000, {
    from: 50,
    to: 600_000,
  }),
}

export type SaasSettings = SettingsOf<typeof saasTable>
