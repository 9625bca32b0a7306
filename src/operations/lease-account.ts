import type { Database } from '../store/db.ts'
import { renewAccountLease } from '../store/provisioning.ts'

/** Short, so that the account of a worker that died is free soon; renewed while the worker lives. */
export const ACCOUNT_LEASE_MS = 10_000
const RENEW_LEASE_MS = 3_000

/**
 * Does work for which an account was leased and renews the lease meanwhile. A renewal that fails costs nothing: whoever loses the lease says
 * nothing.
 */
export async function whileLeased<T>(db: Database, accountId: string, lease: string, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void renewAccountLease(db.sql, accountId, lease, ACCOUNT_LEASE_MS).catch(() => undefined), RENEW_LEASE_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
