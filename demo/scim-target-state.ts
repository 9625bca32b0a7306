import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

export interface StoredUser {
  id: string
  version: number
  created: string
  lastModified: string
  /** What SCIM shows: userName, displayName, name, emails, active … */
  attributes: Record<string, unknown> & { userName: string }
}

export interface StoredGroup {
  id: string
  version: number
  created: string
  lastModified: string
  attributes: Record<string, unknown> & { displayName: string }
  /** Ids of users, each once. */
  members: string[]
}

/** One line of the write log. */
export interface WriteLine {
  /** Counts the writes that changed something; absent on the others. */
  seq?: number
  at: string
  method: string
  path: string
  resource: 'User' | 'Group' | null
  id: string | null
  name: string | null
  change: Change | null
  effective: boolean
  /** The status of the answer when the write was refused. */
  refused?: number
}

interface Change {
  created?: true
  deleted?: true
  /** Attributes that got another value. */
  set?: string[]
  /** User names that came into the group, or left it. */
  added?: string[]
  removed?: string[]
}

export type Origin = Pick<WriteLine, 'method' | 'path'>

interface State {
  seq: number
  /** The log line of the newest write, so that a crash between state and log loses neither. */
  last: WriteLine | null
  users: Record<string, StoredUser>
  groups: Record<string, StoredGroup>
}

interface Seed {
  users?: Array<Record<string, unknown> & { userName: string }>
  groups?: Array<{ displayName: string; members?: string[] }>
}

/** The users and groups of the demo target: in memory for reading, in a file before any write is answered. */
export class ScimTargetState {
  readonly #stateFile: string
  readonly #logFile: string
  #state: State

  /** Reads the state in the folder, or begins it from the seed (a path) when there is none. */
  constructor(folder: string, seed?: string) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#stateFile = join(folder, 'state.json')
    this.#logFile = join(folder, 'writes.jsonl')
    if (fs.existsSync(this.#stateFile)) {
      this.#state = JSON.parse(fs.readFileSync(this.#stateFile, 'utf8'))
    } else {
      this.#state = stateFrom(seed === undefined ? {} : JSON.parse(fs.readFileSync(seed, 'utf8')))
      this.#save()
    }
    this.#repairLog()
  }

  users(): StoredUser[] {
    return Object.values(this.#state.users)
  }

  groups(): StoredGroup[] {
    return Object.values(this.#state.groups)
  }

  user(id: string): StoredUser | undefined {
    return this.#state.users[id]
  }

  group(id: string): StoredGroup | undefined {
    return this.#state.groups[id]
  }

  groupsOf(userId: string): StoredGroup[] {
    return this.groups().filter((group) => group.members.includes(userId))
  }

  /** Creates the user (without id) or replaces its attributes. */
  putUser(id: string | undefined, attributes: StoredUser['attributes'], origin: Origin): StoredUser {
    const old = id === undefined ? undefined : this.#state.users[id]
    const change = changeOf(old?.attributes, attributes)
    const user: StoredUser = { ...nextVersion(old), attributes }
    return this.#write('User', attributes.userName, old, user, change, origin, () => {
      this.#state.users[user.id] = user
    })
  }

  /** Creates the group (without id) or replaces its attributes and members. */
  putGroup(id: string | undefined, attributes: StoredGroup['attributes'], members: string[], origin: Origin): StoredGroup {
    const old = id === undefined ? undefined : this.#state.groups[id]
    const unique = [...new Set(members)]
    const added = unique.filter((member) => !old?.members.includes(member))
    const removed = (old?.members ?? []).filter((member) => !unique.includes(member))
    const change = { ...changeOf(old?.attributes, attributes), ...this.#memberNames({ added, removed }) }
    const group: StoredGroup = { ...nextVersion(old), attributes, members: unique }
    return this.#write('Group', attributes.displayName, old, group, change, origin, () => {
      this.#state.groups[group.id] = group
    })
  }

  /** Deletes a user with all its memberships. */
  deleteUser(user: StoredUser, origin: Origin): void {
    this.#write('User', user.attributes.userName, undefined, user, { deleted: true }, origin, () => {
      delete this.#state.users[user.id]
      for (const group of this.groups()) group.members = group.members.filter((member) => member !== user.id)
    })
  }

  deleteGroup(group: StoredGroup, origin: Origin): void {
    this.#write('Group', group.attributes.displayName, undefined, group, { deleted: true }, origin, () => {
      delete this.#state.groups[group.id]
    })
  }

  /** Logs a write that was refused. */
  logRefused(origin: Origin, status: number): void {
    this.#log({ ...stamp(origin), resource: null, id: null, name: null, change: null, effective: false, refused: status })
  }

  #memberNames(ids: { added: string[]; removed: string[] }): Change {
    const names = (list: string[]) => list.map((id) => this.#state.users[id]?.attributes.userName ?? id)
    return {
      ...(ids.added.length > 0 ? { added: names(ids.added) } : {}),
      ...(ids.removed.length > 0 ? { removed: names(ids.removed) } : {}),
    }
  }

  #write<T extends StoredUser | StoredGroup>(
    resource: 'User' | 'Group',
    name: string,
    old: T | undefined,
    next: T,
    change: Change,
    origin: Origin,
    apply: () => void,
  ): T {
    const line = { ...stamp(origin), resource, id: next.id, name, change }
    if (Object.keys(change).length === 0) {
      this.#log({ ...line, effective: false })
      return old ?? next
    }
    apply()
    const effective: WriteLine = { seq: ++this.#state.seq, ...line, effective: true }
    this.#state.last = effective
    this.#save()
    this.#log(effective)
    return next
  }

  /** Either the old file or the new one is there, whole, whenever the process dies. */
  #save(): void {
    const temporary = `${this.#stateFile}.${process.pid}.tmp`
    const file = fs.openSync(temporary, 'w', 0o600)
    fs.writeSync(file, JSON.stringify(this.#state))
    fs.fsyncSync(file)
    fs.closeSync(file)
    fs.renameSync(temporary, this.#stateFile)
  }

  #log(line: WriteLine): void {
    fs.appendFileSync(this.#logFile, `${JSON.stringify(line)}\n`, { mode: 0o600 })
  }

  /** Cuts off a line torn by a crash and adds the one that a crash kept out of the log. */
  #repairLog(): void {
    const log = fs.existsSync(this.#logFile) ? fs.readFileSync(this.#logFile, 'utf8') : ''
    const whole = log.slice(0, log.lastIndexOf('\n') + 1)
    if (whole.length < log.length) fs.writeFileSync(this.#logFile, whole)
    const { last } = this.#state
    if (last !== null && !whole.split('\n').some((line) => line.startsWith(`{"seq":${last.seq},`))) this.#log(last)
  }
}

function stateFrom(seed: Seed): State {
  const state: State = { seq: 0, last: null, users: {}, groups: {} }
  const ids = new Map<string, string>()
  for (const attributes of seed.users ?? []) {
    const user: StoredUser = { ...nextVersion(undefined), attributes: { active: true, ...attributes } }
    state.users[user.id] = user
    ids.set(attributes.userName, user.id)
  }
  for (const { displayName, members = [] } of seed.groups ?? []) {
    const userIds = members.map((name) => {
      const id = ids.get(name)
      if (id === undefined) throw new Error(`The seed puts '${name}' into '${displayName}', but has no such user`)
      return id
    })
    const group: StoredGroup = { ...nextVersion(undefined), attributes: { displayName }, members: userIds }
    state.groups[group.id] = group
  }
  return state
}

function nextVersion(old: StoredUser | StoredGroup | undefined): Pick<StoredUser, 'id' | 'version' | 'created' | 'lastModified'> {
  const now = new Date().toISOString()
  return { id: old?.id ?? randomUUID(), version: (old?.version ?? 0) + 1, created: old?.created ?? now, lastModified: now }
}

function changeOf(old: Record<string, unknown> | undefined, next: Record<string, unknown>): Change {
  if (old === undefined) return { created: true }
  const set = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((key) => !isDeepStrictEqual(old[key], next[key]))
  return set.length === 0 ? {} : { set }
}

function stamp(origin: Origin): Pick<WriteLine, 'at' | 'method' | 'path'> {
  return { at: new Date().toISOString(), method: origin.method, path: origin.path }
}
