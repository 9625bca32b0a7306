import type { home as english } from '../en/home.ts'

export const home: Record<keyof typeof english, string> = {
  'home.title': 'Start',
  'home.hello': 'Guten Tag, {name}',
  'home.about': 'Was auf Sie wartet, was Sie beantragt haben und was bald endet.',
  'home.waiting': 'Wartet auf Sie',
  'home.waitingNone': 'Nichts wartet auf Sie',
  'home.waitingNoneText': 'Wenn jemand Zugriff beantragt, dem Sie zustimmen müssen, oder etwas von Hand zu tun ist, erscheint es hier.',
  'home.all': 'Alle zeigen',
  'home.for': 'für {name}',
}
