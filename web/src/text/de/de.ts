import type { MessageId } from '../en/en.ts'
import { access } from './access.ts'
import { administration } from './administration.ts'
import { approvals } from './approvals.ts'
import { home } from './home.ts'
import { parts } from './parts.ts'
import { profile } from './profile.ts'
import { request } from './request.ts'
import { requests } from './requests.ts'
import { shell } from './shell.ts'
import { timeline } from './timeline.ts'
import { why } from './why.ts'

/** Every message in German. */
export const de: Record<MessageId, string> = {
  ...shell,
  ...parts,
  ...home,
  ...profile,
  ...approvals,
  ...requests,
  ...administration,
  ...request,
  ...access,
  ...timeline,
  ...why,
}
