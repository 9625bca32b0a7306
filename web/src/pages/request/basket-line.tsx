import type { Basket, BasketLine as Line, Recipient } from '../../api/basket.ts'
import { endOf, lastDay, toggled, withLine } from '../../api/basket.ts'
import { Kind, KindMark } from '../../parts/badges.tsx'
import { IconButton } from '../../parts/button.tsx'
import { TextField } from '../../parts/fields.tsx'
import { Icon } from '../../parts/icon.tsx'
import { type PreviewItem, Steps } from '../../parts/steps.tsx'
import { tell } from '../../parts/telling.ts'
import { Time } from '../../parts/time.tsx'
import { Violation } from '../../parts/violation.tsx'
import { useText } from '../../text/text.tsx'
import { AccountChoice } from './account-choice.tsx'
import type { Outlook } from './preview.ts'

interface BasketLineProps {
  line: Line
  recipients: Recipient[]
  outlook: Outlook | undefined
  change(next: (basket: Basket) => Basket): void
}

/** One item of the basket: its comment, its dates, its accounts, and who would be asked. */
export function BasketLine({ line, recipients, outlook, change }: BasketLineProps) {
  const t = useText()
  const set = (part: Partial<Line>) => change((basket) => withLine(basket, line.id, part))
  const outcomes = outlook?.items.filter(({ requestedObject }) => requestedObject.id === line.id) ?? []
  const limits = outcomes[0]?.limits
  const latest = limits?.latestRemoveDate
  const refusal = outlook?.refusals[line.id]
  return (
    <article className="card basket-line" aria-label={line.name}>
      <header className="basket-line-head">
        <KindMark type={line.type} />
        <div className="list-main">
          <h3>{line.name}</h3>
          <Kind type={line.type} />
        </div>
        <IconButton
          icon="close"
          label={t('basket.remove', { item: line.name })}
          onPress={() => change((basket) => toggled(basket, line))}
        />
      </header>
      <div className="basket-fields">
        <TextField
          label={t('basket.comment')}
          value={line.comment}
          onChange={(comment) => set({ comment })}
          isRequired={limits?.commentRequired ?? false}
          lines={2}
          maxLength={4000}
        />
        <TextField
          label={t('basket.start')}
          type="date"
          value={line.startDay}
          onChange={(startDay) => set({ startDay })}
          hint={t('basket.startHint')}
        />
        <TextField
          label={t('basket.end')}
          type="date"
          value={line.endDay}
          onChange={(endDay) => set({ endDay, endAt: endOf(endDay, latest) })}
          isRequired={outlook?.wantsEnd.has(line.id) ?? false}
          {...(latest ? { max: lastDay(latest) } : { hint: t('basket.endHint') })}
        />
      </div>
      {refusal ? (
        <p className="field-error" role="alert">
          {refusal}
        </p>
      ) : null}
      {latest ? (
        <p className="muted">
          {t('basket.latest')} <Time at={latest} form="day" />
        </p>
      ) : null}
      <AccountChoice line={line} recipients={recipients} onChange={(accounts) => set({ accounts })} />
      {recipients.map((recipient) => (
        <Outcome
          key={recipient.id}
          recipient={recipient}
          isOnly={recipients.length === 1}
          outcome={outcomes.find(({ requestedFor }) => requestedFor === recipient.id)}
        />
      ))}
    </article>
  )
}

interface OutcomeProps {
  recipient: Recipient
  isOnly: boolean
  outcome: PreviewItem | undefined
}

function Outcome({ recipient, isOnly, outcome }: OutcomeProps) {
  const t = useText()
  if (outcome === undefined) return null
  return (
    <section className="stack stack-small">
      <h4 className="outcome-title">{isOnly ? t('basket.asked') : t('basket.askedFor', { name: recipient.name })}</h4>
      {outcome.cancelledBecause === null ? (
        <Steps steps={outcome.steps} />
      ) : (
        <p className="note">
          <Icon name="info" size={18} /> {tell(t, { text: outcome.cancelledBecause, sentence: outcome.cancelledSentence })}
        </p>
      )}
      <Violation context={outcome.sodViolationContext} />
    </section>
  )
}
