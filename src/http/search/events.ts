import { anyOf, type SearchCondition } from '../../domain/search.ts'
import type { SearchedEvent } from '../../store/search/events.ts'
import { instant } from '../wire-names.ts'
import { type EventNames, namesOf } from './event-names.ts'
import { absent, date, everyDocument, id, type Origin, type SearchField, type SearchIndex, text } from './fields.ts'

/** Documents of the record. Most of their words follow from the action, so they are asked about the actions there are. */
export function eventIndex(actions: readonly string[], origin: Origin): SearchIndex {
  const named = (words: (names: EventNames) => string[]): SearchField => {
    const found: Record<string, string[]> = {}
    for (const action of actions) for (const word of words(namesOf(action))) found[word] = [...(found[word] ?? []), action]
    return { is: 'words', words: Object.fromEntries(Object.entries(found).map(([word, values]) => [word, oneOfActions(values)])) }
  }
  return {
    name: 'events',
    fields: {
      id,
      created: date,
      synced: date,
      action: { is: 'words', words: Object.fromEntries(actions.map((action) => [action, oneOfActions([action])])) },
      name: named((names) => [names.name]),
      technicalName: named((names) => [names.technicalName]),
      type: named((names) => [names.type]),
      operation: named((names) => [names.operation]),
      objects: named((names) => names.objects),
      status: named((names) => [names.status]),
      'actor.id': id,
      'actor.name': text,
      'target.id': id,
      'target.name': text,
      trackingNumber: id,
      ...absent('stack', 'ipAddress', 'details'),
      ...everyDocument('event', origin),
    },
    open: { prefix: 'attributes.', is: 'text' },
    lists: {},
    sorters: ['id', 'created', 'synced', 'action', 'trackingNumber', 'actor.name', 'target.name'],
  }
}

function oneOfActions(actions: string[]): SearchCondition {
  return anyOf([{ is: 'oneOf', field: 'action', values: actions }])
}

/** An event as the wire tells it; the attributes are what the record holds beyond actor, target and request. */
export function eventDocument(row: SearchedEvent, { org, pod }: Origin): object {
  const { name, technicalName, type, operation, objects, status } = namesOf(row.action)
  const { actor, target, details } = row.canonical
  const named = (one: { id: string | null; name: string | null }) => ({
    ...(one.id === null ? {} : { id: one.id }),
    ...(one.name === null ? {} : { name: one.name }),
  })
  return {
    id: row.id,
    name,
    created: instant(row.createdAt),
    synced: instant(row.createdAt),
    action: row.action,
    type,
    actor: named(actor),
    target: named(target),
    ...(row.trackingNumber === null ? {} : { trackingNumber: row.trackingNumber }),
    attributes: details,
    objects,
    operation,
    status,
    technicalName,
    org,
    pod,
    _type: 'event',
    _version: 'v1',
  }
}
