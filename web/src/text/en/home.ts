export const home = {
  'home.title': 'Home',
  'home.hello': 'Hello, {name}',
  'home.about': 'What waits for you, what you asked for, and what ends soon.',
  'home.waiting': 'Waits for you',
  'home.waitingNone': 'Nothing waits for you',
  'home.waitingNoneText': 'When somebody asks for access that you must agree to, or work is to be done by hand, it appears here.',
  'home.all': 'See all',
  'home.for': 'for {name}',
} as const
