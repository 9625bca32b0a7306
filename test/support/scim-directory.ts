import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { FakeWrite } from './fake-connector.ts'
import type { ScimDialect } from './scim-server.ts'

type Attributes = Record<string, unknown>

export interface StoredUser {
  id: string
  version: number
  attributes: Attributes
}

export interface StoredGroup extends StoredUser {
  /** Ids of users. */
  members: Set<string>
}

/** A SCIM error that the server answers with. */
export class ScimRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What the test server holds and how writes change it; every write leaves a line that says whether it did. */
export class ScimDirectory {
  readonly writes: FakeWrite[] = []
  readonly #users = new Map<string, StoredUser>()
  readonly #groups = new Map<string, StoredGroup>()
  readonly #dialect: ScimDialect

  constructor(groups: string[], dialect: ScimDialect) {
    this.#dialect = dialect
    for (const displayName of groups) {
      const id = idOf(displayName)
      this.#groups.set(id, { id, version: 1, attributes: { displayName }, members: new Set() })
    }
  }

  users(): StoredUser[] {
    return [...this.#users.values()]
  }

  groups(): StoredGroup[] {
    return [...this.#groups.values()]
  }

  user(id: string): StoredUser {
    return found(this.#users.get(id))
  }

  group(id: string): StoredGroup {
    return found(this.#groups.get(id))
  }

  /** The names of the groups a user is in now, sorted; empty when there is no such user. */
  groupsOf(userName: string): string[] {
    const id = idOf(userName)
    const groups = this.groups().filter((group) => group.members.has(id))
    return groups.map((group) => String(group.attributes['displayName'])).sort()
  }

  addUser(sent: Attributes): StoredUser {
    const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, ...attributes } = sent
    const nativeIdentity = String(attributes['userName'])
    const id = idOf(nativeIdentity)
    const effective = !this.#users.has(id)
    this.writes.push({ call: 'createAccount', nativeIdentity, effective })
    if (!effective) throw new ScimRefusal(409, `${nativeIdentity} exists`)
    const user = { id, version: 1, attributes: { ...attributes, active: this.#activeFrom(attributes['active'] ?? true) } }
    this.#users.set(id, user)
    return user
  }

  /** A PUT: what is not sent is gone. */
  replace(stored: StoredUser | StoredGroup, sent: Attributes): void {
    const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, members, ...attributes } = sent
    if ('members' in stored) this.#setMembers(stored, new Set(valuesOf(members)))
    else this.#setUser(stored, { ...attributes, active: this.#activeFrom(attributes['active'] ?? true) })
  }

  patch(stored: StoredUser | StoredGroup, sent: Attributes): void {
    for (const operation of sent['Operations'] as Array<{ op: string; path: string; value?: unknown }>) {
      if ('members' in stored) this.#patchGroup(stored, operation)
      else if (operation.path !== 'active') throw new ScimRefusal(400, `No path ${operation.path} here`)
      else this.#setUser(stored, { ...stored.attributes, active: this.#activeFrom(operation.value) })
    }
  }

  #patchGroup(group: StoredGroup, { op, path, value }: { op: string; path: string; value?: unknown }): void {
    const [, filtered] = /^members\[value eq ("(?:[^"\\]|\\.)*")\]$/.exec(path) ?? []
    const named = filtered === undefined ? valuesOf(value) : [String(JSON.parse(filtered))]
    const byValue = this.#dialect.patch === 'values'
    const remaining = () => new Set([...group.members].filter((one) => !named.includes(one)))
    if (op === 'add' && path === 'members') this.#setMembers(group, new Set([...group.members, ...named]), named)
    else if (op === 'remove' && byValue === (path === 'members') && (byValue || filtered !== undefined)) {
      this.#setMembers(group, remaining(), named)
    } else if (op === 'remove' && path === 'members') this.#setMembers(group, new Set())
    else throw new ScimRefusal(400, `No operation ${op} of ${path} here`)
  }

  /** `named`: who was spoken of, so that a write that changes nothing for them is told of, too. */
  #setMembers(group: StoredGroup, members: Set<string>, named: string[] = []): void {
    for (const id of members) if (!this.#users.has(id)) throw new ScimRefusal(400, `There is no user ${id}`)
    const touched = new Set([...group.members, ...members, ...named])
    for (const id of touched) {
      const [before, after] = [group.members.has(id), members.has(id)]
      if (before === after && !named.includes(id)) continue
      const userName = this.#users.get(id)?.attributes['userName']
      this.#log(after ? 'addValue' : 'removeValue', String(userName ?? id), before !== after, String(group.attributes['displayName']))
    }
    if (!isDeepStrictEqual(group.members, members)) group.version++
    group.members = members
  }

  #setUser(user: StoredUser, attributes: Attributes): void {
    const isSwitched = attributes['active'] !== user.attributes['active']
    this.#log(attributes['active'] === false ? 'disableAccount' : 'enableAccount', String(user.attributes['userName']), isSwitched)
    if (!isDeepStrictEqual(attributes, user.attributes)) user.version++
    user.attributes = attributes
  }

  #log(call: FakeWrite['call'], nativeIdentity: string, effective: boolean, value?: string): void {
    this.writes.push({ call, nativeIdentity, ...(value === undefined ? {} : { attribute: 'groups', value }), effective })
  }

  #activeFrom(sent: unknown): boolean {
    if (this.#dialect.stringBooleans && sent !== true) {
      if (sent !== 'True' && sent !== 'False') throw new ScimRefusal(400, 'active is "True" or "False" here')
      return sent === 'True'
    }
    if (typeof sent !== 'boolean') throw new ScimRefusal(400, 'active is true or false')
    return sent
  }
}

/** An id that follows from a name, the same in every run. */
function idOf(name: string): string {
  return createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 32)
}

function found<T>(stored: T | undefined): T {
  if (stored === undefined) throw new ScimRefusal(404, 'There is no such thing')
  return stored
}

function valuesOf(members: unknown): string[] {
  return Array.isArray(members) ? members.map((member: { value: string }) => member.value) : []
}
