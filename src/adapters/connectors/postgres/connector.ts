import {
  type Connector,
  type NewTargetAccount,
  type TargetAccount,
  type TargetEntitlement,
  TargetError,
  type TargetValue,
} from '../../../ports.ts'
import { noAccount, noAttribute } from '../refusals.ts'
import { readSettings } from '../settings.ts'
import { callBudget, listBudget } from '../time-budget.ts'
import {
  accountOf,
  accountPages,
  disabledComment,
  findRole,
  grantorsOf,
  groupPages,
  isAccount,
  isGroupRole,
  ownComment,
  ROLES,
  type Role,
} from './roles.ts'
import { openPostgresSession, PostgresRefusal, type PostgresSession, quotedName, quotedText } from './session.ts'
import { type PostgresSettings, postgresTable } from './settings.ts'

const DUPLICATE_ROLE = '42710'

/** A connector to a PostgreSQL server: accounts are roles that can log in, the values of `roles` are group roles they are members of. */
export function postgresConnector(given: unknown): Connector {
  const settings = readSettings('postgres', postgresTable, given)
  const call = async <T>(work: (session: PostgresSession) => Promise<T>) => {
    const session = await openPostgresSession(settings, callBudget(settings.timeoutMs))
    try {
      return await work(session)
    } finally {
      session.close()
    }
  }
  return {
    test: () => call(testAccess),
    readAccount: (name) =>
      call(async (session) => {
        const role = await findAccount(session, settings, name)
        return role === undefined ? undefined : accountOf(role)
      }),
    createAccount: (account) => call((session) => createAccount(session, settings, account)),
    addValue: (value) => call((session) => grant(session, settings, value)),
    removeValue: (value) => call((session) => revoke(session, settings, value)),
    disableAccount: (name) => call((session) => disable(session, settings, name)),
    enableAccount: (name) => call((session) => enable(session, settings, name)),
    listAccounts: () => listAccounts(settings),
    listEntitlements: () => listEntitlements(settings),
    // Every call has a connection of its own.
    close: async () => {},
  }
}

async function testAccess(session: PostgresSession): Promise<void> {
  const [role] = await session.rows<{ name: string; able: boolean }>(
    'select current_user::text as name, rolsuper or rolcreaterole as able from pg_catalog.pg_roles where rolname = current_user',
  )
  if (!role?.able) throw new TargetError('refused', `the role ${role?.name} may not make and change roles: it needs CREATEROLE`)
}

async function findAccount(session: PostgresSession, settings: PostgresSettings, name: string): Promise<Role | undefined> {
  const role = await findRole(session, settings.predefinedRoles, name)
  return role !== undefined && isAccount(role) ? role : undefined
}

async function createAccount(session: PostgresSession, settings: PostgresSettings, account: NewTargetAccount): Promise<void> {
  const name = quotedName(account.nativeIdentity)
  try {
    await session.run(`create role ${name} login`, `comment on role ${name} is ${quotedText(account.displayName)}`)
  } catch (error) {
    if (!(error instanceof PostgresRefusal) || error.code !== DUPLICATE_ROLE) throw error
    if ((await findAccount(session, settings, account.nativeIdentity)) !== undefined) return
    throw new TargetError('refused', `the target has a role '${account.nativeIdentity}' that cannot log in, so it is no account`)
  }
}

async function grant(session: PostgresSession, settings: PostgresSettings, value: TargetValue): Promise<void> {
  refuseOtherAttributes(value)
  const [account, group] = [quotedName(value.nativeIdentity), quotedName(value.value)]
  if ((await findAccount(session, settings, value.nativeIdentity)) === undefined) throw noAccount(value.nativeIdentity)
  if (!(await isGroupRole(session, settings.predefinedRoles, value.value))) {
    throw new TargetError('refused', `the target has no group role '${value.value}'`)
  }
  await session.run(`grant ${group} to ${account}`)
}

async function revoke(session: PostgresSession, settings: PostgresSettings, value: TargetValue): Promise<void> {
  refuseOtherAttributes(value)
  const role = await findAccount(session, settings, value.nativeIdentity)
  if (role === undefined || !role.groups.includes(value.value)) return
  const [account, group] = [quotedName(value.nativeIdentity), quotedName(value.value)]
  await session.run(`revoke ${group} from ${account}`)
  for (const grantor of await grantorsOf(session, value.value, value.nativeIdentity)) {
    await session.run(`revoke ${group} from ${account} granted by ${quotedName(grantor)}`)
  }
}

function refuseOtherAttributes({ attribute }: TargetValue): void {
  if (attribute !== ROLES) throw noAttribute(attribute, ROLES)
}

async function disable(session: PostgresSession, settings: PostgresSettings, nativeIdentity: string): Promise<void> {
  const role = await findAccount(session, settings, nativeIdentity)
  if (role === undefined || !role.canLogin) return
  if (role.isSelf || role.isSuperuser) {
    throw new TargetError(
      'refused',
      `'${nativeIdentity}' is ${role.isSelf ? 'Countersign itself' : 'a superuser'} and is not disabled from here`,
    )
  }
  const name = quotedName(role.name)
  await session.run(`alter role ${name} nologin`, `comment on role ${name} is ${quotedText(disabledComment(role))}`)
}

async function enable(session: PostgresSession, settings: PostgresSettings, nativeIdentity: string): Promise<void> {
  const role = await findAccount(session, settings, nativeIdentity)
  if (role === undefined) throw noAccount(nativeIdentity)
  if (role.canLogin) return
  const name = quotedName(role.name)
  await session.run(`alter role ${name} login`, `comment on role ${name} is ${quotedText(ownComment(role))}`)
}

async function* listAccounts(settings: PostgresSettings): AsyncGenerator<TargetAccount> {
  const session = await openPostgresSession(settings, listBudget(settings.timeoutMs))
  try {
    for await (const page of accountPages(session, settings.predefinedRoles)) for (const role of page) yield accountOf(role)
  } finally {
    session.close()
  }
}

async function* listEntitlements(settings: PostgresSettings): AsyncGenerator<TargetEntitlement> {
  const session = await openPostgresSession(settings, listBudget(settings.timeoutMs))
  try {
    for await (const page of groupPages(session, settings.predefinedRoles)) {
      for (const { name, comment } of page) yield { attribute: ROLES, value: name, name, description: comment === '' ? null : comment }
    }
  } finally {
    session.close()
  }
}
