import type pg from 'pg'
import type { Population } from './fill.ts'
import type { Pairs } from './pairs.ts'
import { Wire } from './wire.ts'

const approvals = '/v3/access-request-approvals'

/** Who calls, about whom, and where. */
export interface Scene {
  port: number
  population: Population
  tokens: { admin: string; manager: string; owner: string }
}

/** Makes requests and answers them over a connection. */
export class Lives {
  readonly wire: Wire
  private readonly scene: Scene
  private readonly pairs: Pairs
  /** The open approval of a request, read beside the product: how a person finds it is measured elsewhere. */
  readonly openApproval: (requestId: string) => Promise<string>

  constructor(scene: Scene, pairs: Pairs, openApproval: (requestId: string) => Promise<string>) {
    this.wire = new Wire(scene.port)
    this.scene = scene
    this.pairs = pairs
    this.openApproval = openApproval
  }

  async create(): Promise<string> {
    const { personId, roleId } = this.pairs.next()
    const body = {
      requestedFor: [personId],
      requestType: 'GRANT_ACCESS',
      requestedItems: [{ type: 'ROLE', id: roleId, comment: 'for the year end' }],
    }
    const { json } = await this.wire.call(this.scene.tokens.admin, 'POST', '/v3/access-requests', body)
    return json.newRequests[0].accessRequestIds[0]
  }

  async approve(approvalId: string, as: 'manager' | 'owner'): Promise<void> {
    await this.wire.call(this.scene.tokens[as], 'POST', `${approvals}/${approvalId}/approve`, { comment: 'fine' })
  }

  /** A call that only asks who calls, before it asks anything else. */
  async whoami(as: 'admin' | 'manager'): Promise<void> {
    await this.wire.call(this.scene.tokens[as], 'GET', `${approvals}/pending?limit=1`)
  }

  async live(): Promise<string> {
    const requestId = await this.create()
    await this.approve(await this.openApproval(requestId), 'manager')
    await this.approve(await this.openApproval(requestId), 'owner')
    return requestId
  }
}

/** Reads the open approval of a request. */
export async function openApproval(pool: pg.Pool, requestId: string): Promise<string> {
  const { rows } = await pool.query({
    name: 'open approval',
    text: `select a.id from requested_item i join approval a on a.requested_item_id = i.id where i.request_id = $1 and a.state = 'PENDING'`,
    values: [requestId],
  })
  return String(rows[0]?.id)
}
