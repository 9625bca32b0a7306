import type { requests as english } from '../en/requests.ts'

export const requests: Record<keyof typeof english, string> = {
  'requests.title': 'Meine Anträge',
  'requests.about': 'Was Sie beantragt haben, und was andere für Sie beantragt haben.',
  'requests.views': 'Welche Anträge',
  'requests.open': 'Offen',
  'requests.all': 'Alle',
  'requests.item': 'Was',
  'requests.kind': 'Art',
  'requests.action': 'Aktion',
  'requests.for': 'Für',
  'requests.waitsFor': 'Wartet auf',
  'requests.state': 'Stand',
  'requests.asked': 'Beantragt',
  'requests.none': 'Sie haben noch nichts beantragt',
  'requests.noneOpen': 'Bei Ihnen ist nichts unterwegs',
  'requests.noneText': 'Was Sie beantragen, erscheint hier mit allem, was daraus wird.',
  'requests.showAll': 'Alle Anträge zeigen',
}
