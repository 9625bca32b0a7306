import { renderMail } from '../domain/mail.ts'
import { isMailAddress, type Notice, planMails } from '../domain/notice.ts'
import { retryDelayMs } from '../domain/provisioning.ts'
import { MailError, type Mailer } from '../ports.ts'
import type { Tx } from '../store/db.ts'
import { findMailbox, listWaitingNotices } from '../store/notice-facts.ts'
import { dropNotices, endMail, leaseMail, lockWaiting, postponeMails, renewMailLease, wakeHeldUp } from '../store/notifications.ts'
import type { Context } from './context.ts'

/** What telling people needs beside the database. */
export interface MailContext extends Context {
  mail: MailSettings
  random(): number
}

export interface MailSettings {
  mailer: Mailer
  /** The origin that links lead to. */
  publicUrl: string
  /** How long a notice waits for others to join it, in milliseconds of real time. */
  settleMs: number
  /** How long before its end the holder of access is told; 0 for never. */
  endingSoonDays: number
  /** After this long without success, in milliseconds of real time, a notice fails for good. */
  giveUpAfterMs: number
}

/** Short, so that the mails of a worker that died go out soon; renewed while the worker lives. */
const LEASE_MS = 10_000
const RENEW_LEASE_MS = 3_000
/** A server that said no is asked again, in case its settings or ours are mended, but not every minute. */
const REFUSED_RETRY_MS = 3_600_000

interface ClaimedMail {
  id: string
  notices: Notice[]
}

interface Claimed {
  lease: string
  address: string
  now: Date
  mails: ClaimedMail[]
  /** Mails that an earlier try may have sent. */
  doubtful: string[]
  attempts: number
}

/**
 * Takes a person's id; drops what is no longer true of all they are to be told, and sends the rest, as one digest when it is much. Returns
 * 'busy' when another worker is sending to them. Running it twice is safe: what may have gone out goes again under the same Message-ID.
 */
export async function sendNotifications(context: MailContext, personId: string): Promise<'done' | 'busy'> {
  const claimed = await claim(context, personId)
  if (claimed === 'busy' || claimed === 'done') return claimed
  await whileLeased(context, claimed.lease, async () => {
    for (const mail of claimed.mails) if (!(await sendOne(context, claimed, mail))) return
  })
  return 'done'
}

async function claim({ db, ids }: MailContext, personId: string): Promise<Claimed | 'busy' | 'done'> {
  return db.transaction(async (tx) => {
    if (!(await lockWaiting(tx, personId))) return 'busy'
    const notices = await listWaitingNotices(tx.sql, personId)
    const address = await addressOf(tx, personId)
    if ('because' in address) {
      await dropNotices(
        tx,
        notices.map(({ id }) => ({ id, because: address.because })),
      )
      return 'done'
    }
    const plan = planMails(notices, tx.now, ids.next)
    await dropNotices(tx, plan.dropped)
    const lease = ids.next()
    for (const mail of plan.mails) await leaseMail(tx, { id: mail.id, noticeIds: mail.notices.map(({ id }) => id) }, lease, LEASE_MS)
    const doubtful = [...new Set(notices.flatMap(({ mailId }) => mailId ?? []))]
    return {
      lease,
      address: address.email,
      now: tx.now,
      mails: plan.mails,
      doubtful,
      attempts: Math.max(0, ...notices.map((n) => n.attempts)),
    }
  })
}

async function addressOf(tx: Tx, personId: string): Promise<{ email: string } | { because: string }> {
  const mailbox = await findMailbox(tx.sql, personId)
  if (!mailbox?.active) return { because: 'The person is not active.' }
  if (mailbox.address === null || mailbox.address === '') return { because: 'The person has no mail address.' }
  return isMailAddress(mailbox.address) ? { email: mailbox.address } : { because: 'The mail address of the person is none.' }
}

/** Renews the lease while the server is at work. A renewal that fails costs nothing: the mail may be sent twice, under one Message-ID. */
async function whileLeased({ db }: MailContext, lease: string, work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => void renewMailLease(db.sql, lease, LEASE_MS).catch(() => undefined), RENEW_LEASE_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
}

/** Sends one mail, outside every transaction; false when that failed, and then the others are put off with it. */
async function sendOne(context: MailContext, claimed: Claimed, mail: ClaimedMail): Promise<boolean> {
  const failure = await attempt(context, claimed, mail)
  if (failure) await postpone(context, claimed, mail.id, failure)
  else await endMail(context.db.sql, mail.id)
  if (failure?.kind !== 'unreachable' && failure?.kind !== 'unknown') await wakeHeldUp(context.db)
  return failure === undefined
}

async function attempt({ mail: settings }: MailContext, claimed: Claimed, mail: ClaimedMail): Promise<MailError | undefined> {
  const { publicUrl, mailer } = settings
  const host = /^https?:\/\/([\w.-]+)/.exec(publicUrl)?.[1] ?? 'countersign'
  try {
    const written = renderMail(mail.notices, publicUrl, claimed.now)
    await mailer.send({ to: claimed.address, messageId: `<${mail.id}@${host}>`, ...written })
    return undefined
  } catch (error) {
    if (error instanceof MailError) return error
    throw error
  }
}

async function postpone(context: MailContext, claimed: Claimed, mailId: string, failure: MailError): Promise<void> {
  const atLeastMs = failure.kind === 'refused' ? REFUSED_RETRY_MS : 0
  await postponeMails(context.db.sql, {
    lease: claimed.lease,
    kind: failure.kind,
    message: failure.message,
    delayMs: retryDelayMs(claimed.attempts + 1, context.random(), atLeastMs),
    giveUpAfterMs: context.mail.giveUpAfterMs,
    doubtful: failure.kind === 'unknown' ? [...claimed.doubtful, mailId] : claimed.doubtful,
  })
}
