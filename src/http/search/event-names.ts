/** What the wire's event documents call what our record calls an action: everything here follows from the action alone. */
export interface EventNames {
  name: string
  technicalName: string
  type: string
  operation: string
  objects: string[]
  status: string
}

/** Categories by the beginning of the action; the first that fits. */
const types: [string, string][] = [
  ['ACCESS_REQUEST_', 'ACCESS_REQUEST'],
  ['ACCESS_REVOKE_REQUEST_', 'ACCESS_REQUEST'],
  ['APPROVAL_REQUEST_', 'APPROVAL REQUEST'],
  ['APPROVAL_CONFIG_', 'APPROVAL CONFIG'],
  ['CLOSE_IDENTITY_REQUESTS_', 'PROVISIONING'],
  ['PROVISIONING_', 'PROVISIONING'],
  ['ACCESS_END_DATE_', 'PROVISIONING'],
  ['ACCOUNT_', 'SOURCE_MANAGEMENT'],
  ['SOURCE_', 'SOURCE_MANAGEMENT'],
  ['WORK_ITEM_', 'MANUAL_WORKITEM'],
  ['OAUTH_CLIENT_', 'AUTH'],
  ['SIGN', 'AUTH'],
  ['SOD_', 'SOD_POLICY'],
  ['WORKGROUP_', 'GOVERNANCE_GROUPS'],
  ['IDENTITY_', 'IDENTITY_MANAGEMENT'],
  ['ROLE_', 'ACCESS_ITEM'],
  ['ACCESS_', 'ACCESS_ITEM'],
  ['AccessRequestConfig', 'ACCESS_ITEM'],
  ['ENTITLEMENT_', 'ACCESS_ITEM'],
  ['APPLICATION_', 'ACCESS_ITEM'],
]

/** What was done, as the operation that does it. A word that is not here stands for itself. */
const operations: Record<string, string> = {
  ADDED: 'ADD',
  APPLIED: 'APPLY',
  APPROVED: 'APPROVE',
  ASSIGNED: 'ASSIGN',
  CANCELLED: 'CANCEL',
  CHECKED: 'CHECK',
  CLOSED: 'CLOSE',
  COMPLETED: 'COMPLETE',
  CREATED: 'CREATE',
  DELETED: 'DELETE',
  ESCALATED: 'ESCALATE',
  FORWARDED: 'FORWARD',
  IMPORTED: 'IMPORT',
  PROCESSED: 'PROCESS',
  REJECTED: 'REJECT',
  REMINDED: 'REMIND',
  REMOVED: 'REMOVE',
  REQUESTED: 'REQUEST',
  REROUTED: 'REROUTE',
  RESUMED: 'RESUME',
  RETRIED: 'RETRY',
  UPDATED: 'UPDATE',
}

type Said = Pick<EventNames, 'operation' | 'objects' | 'status'>

/** Actions that are put together in a way of their own. */
const irregular: Record<string, Said> = {
  APPROVAL_REQUEST_TIMED_OUT: { operation: 'TIMEOUT', objects: ['APPROVAL', 'REQUEST'], status: 'PASSED' },
  CLOSE_IDENTITY_REQUESTS_STARTED: { operation: 'CLOSE', objects: ['IDENTITY', 'REQUESTS'], status: 'STARTED' },
  CLOSE_IDENTITY_REQUESTS_COMPLETED: { operation: 'CLOSE', objects: ['IDENTITY', 'REQUESTS'], status: 'COMPLETED' },
  CREATE_WORKITEM_PASSED: { operation: 'CREATE', objects: ['WORKITEM'], status: 'PASSED' },
  SIGNED_IN: { operation: 'REQUEST', objects: ['AUTHENTICATION'], status: 'PASSED' },
  SIGN_IN_REFUSED: { operation: 'REQUEST', objects: ['AUTHENTICATION'], status: 'FAILED' },
  SIGNED_OUT: { operation: 'LOGOUT', objects: ['SESSION'], status: 'PASSED' },
}

/** The names of an action: objects, what was done to them, and (unless it says otherwise) that it was done. */
export function namesOf(action: string): EventNames {
  const { operation, objects, status } = (Object.hasOwn(irregular, action) ? irregular[action] : undefined) ?? regular(action)
  return {
    name: [operation, ...objects, status].map(capitalised).join(' '),
    technicalName: [...objects, operation, status].join('_'),
    type: types.find(([prefix]) => action.startsWith(prefix))?.[1] ?? 'SYSTEM_CONFIG',
    operation,
    objects,
    status,
  }
}

function regular(action: string): Said {
  const words = action
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split('_')
  const status = words.length > 1 && words.at(-1) === 'FAILED' ? 'FAILED' : 'PASSED'
  if (status === 'FAILED') words.pop()
  const done = words.pop() ?? ''
  return { operation: Object.hasOwn(operations, done) ? (operations[done] ?? done) : done, objects: words, status }
}

function capitalised(word: string): string {
  return word.slice(0, 1) + word.slice(1).toLowerCase()
}
