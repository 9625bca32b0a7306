import type { home as english } from '../en/home.ts'

export const home: Record<keyof typeof english, string> = {
  'home.title': 'Start',
  'home.hello': 'Guten Tag, {name}',
  'home.about': 'Was auf Sie wartet, was Sie beantragt haben und was bald endet.',
  'home.waiting': 'Wartet auf Sie',
  'home.waitingNone': 'Nichts wartet auf Sie',
  'home.waitingNoneText': 'Wenn jemand Zugriff beantragt, dem Sie zustimmen müssen, oder etwas von Hand zu tun ist, erscheint es hier.',
  'home.tasks': '{count, plural, one {# Aufgabe von Hand} other {# Aufgaben von Hand}}',
  'home.asked': 'Unterwegs',
  'home.askedNone': 'Bei Ihnen ist nichts unterwegs',
  'home.askedNoneText': 'Was Sie beantragen, steht hier, bis es da ist.',
  'home.ending': 'Endet bald',
  'home.endingNone': 'Bei Ihnen endet bald nichts.',
  'home.endingTeam': 'Endet bald in Ihrem Team',
  'home.endingTeamNone': 'In Ihrem Team endet bald nichts.',
  'home.all': 'Alle zeigen',
  'home.for': 'für {name}',
}
