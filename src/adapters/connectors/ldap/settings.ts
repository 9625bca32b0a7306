import { address, choice, flag, optionalText, record, type SettingsOf, text, texts, timeLimit } from '../settings.ts'
import { disablers } from './disabling.ts'

const filter = { pattern: /^\(.+\)$/s, what: 'a filter in parentheses' }
const attribute = { pattern: /^[A-Za-z][\w-]*$/, what: 'the name of an attribute' }

export const ldapTable = {
  url: address('the server: `ldap://host:389` or `ldaps://host:636`', ['ldaps:', 'ldap:']),
  startTls: flag('with `ldap://`, whether the connection is encrypted before the password is sent; `ldaps://` always is', true),
  caCertificate: optionalText("PEM text of the certificate that the server's is signed by, where no public authority signed it", {
    pattern: /-----BEGIN CERTIFICATE-----/,
    what: 'the PEM text of a certificate',
  }),
  bindDn: text('who Countersign is to the server'),
  password: text('the password of that entry'),
  accountsBase: text('the entry below which accounts are looked for, and right below which they are made'),
  accountFilter: text('what is an account', { usual: '(objectClass=inetOrgPerson)', ...filter }),
  accountName: text('the attribute that holds the name of an account', { usual: 'uid', ...attribute }),
  accountRdn: optionalText('the attribute that new entries are named by, where it is not `accountName`', attribute),
  accountClasses: texts('the object classes of a new account', ['inetOrgPerson']),
  accountAttributes: record('more attributes for a new account, such as `{ "ou": "staff" }`: texts or lists of texts', {}),
  groupsBase: text('the entry below which groups are looked for'),
  groupFilter: text('what is a group', { usual: '(objectClass=groupOfNames)', ...filter }),
  groupKey: choice("what an entitlement's value names a group by, its whole name or its `cn`", 'dn', ['dn', 'cn']),
  memberAttribute: text('the attribute that holds the members of a group', { usual: 'member', ...attribute }),
  memberBy: choice('what it names a member by, the whole name of the entry or its `accountName`', 'dn', ['dn', 'name']),
  emptyMember: text('the member that stands in a group that must not be empty when the last one leaves', { usual: 'cn=nobody' }),
  disabledBy: choice('how an account is disabled', 'pwdAccountLockedTime', disablers),
  timeoutMs: timeLimit,
}

export type LdapSettings = SettingsOf<typeof ldapTable>
