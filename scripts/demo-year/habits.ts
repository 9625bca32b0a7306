/** Who the people of the demo organisation are at work: what they ask for, and how soon they answer. */

/** Working hours until somebody answers, on average; eight are a day. */
export const answersAfter: Record<string, number> = {
  'mgr.one': 3,
  'mgr.two': 16,
  'dora.finch': 7,
  'tomas.berg': 9,
  'ines.falk': 12,
  'petra.holm': 4,
  'ruth.vane': 20,
}
export const usualHours = 8

/** Days of the year, counted from its first, on which somebody is away. */
export const away: Record<string, [number, number][]> = {
  'tomas.berg': [[232, 247]],
  'mgr.two': [
    [118, 124],
    [330, 334],
  ],
  'dora.finch': [[200, 210]],
  // On the last days of the year, so that something waits for each of them when somebody looks in.
  'petra.holm': [[363, 365]],
  'mgr.one': [[363, 365]],
}

/** How much more often than others somebody asks. */
export const asksOften: Record<string, number> = {
  'emp.carol': 2,
  'sven.okafor': 3,
  'lena.marsh': 2,
  'kim.tran': 2,
  'grace.obi': 2,
  'ruth.vane': 0.2,
  admin: 0.3,
  'admin.two': 0.3,
}

/** What belongs to a department is asked for there; all the rest now and then anywhere. */
export const wants: Record<string, string[]> = {
  'Customer Operations': ['Customer Records', 'VPN Access', 'Finance Reporting', 'CN=Reports,OU=Groups'],
  Engineering: [
    'GitHub Developers',
    'GitHub Admins',
    'VPN Access',
    'Production Database Admins',
    'Software Engineer',
    'Laboratory Badge',
    'Server Room Badge',
  ],
  Design: ['Design Workspace', 'Design Library', 'VPN Access', 'GitHub Developers'],
  Finance: ['Finance Analyst', 'Finance Reporting', 'Ledger Editors', 'Payroll Readers', 'CN=Reports,OU=Groups'],
  Payroll: ['Payroll Clerk', 'Payroll Readers', 'Finance Reporting'],
  'Internal Audit': ['Auditor', 'Audit Readers', 'Finance Readers', 'Ledger Readers'],
  'Information Technology': ['Production Database Admins', 'Server Room Badge', 'GitHub Admins', 'VPN Access', 'Laboratory Badge'],
  Facilities: ['Server Room Badge', 'Laboratory Badge', 'VPN Access'],
}

/** The examples of the manual ask for these; they must be there to be asked for. */
export const leftAlone = new Set(['emp.alice GitHub Developers', 'emp.bob GitHub Developers'])

export const reasons = [
  'For the project that began this week',
  'I take over from a colleague who is on leave',
  'Needed for the quarterly figures',
  'My team works with it every day',
  'To help with the migration until it is done',
  'For the audit of the second half of the year',
  'I am on call from next week on',
  'A customer asked for it and I cannot look it up',
  'The old access ran out',
  'For the workshop with the other site',
]
export const agreements = [
  '',
  '',
  '',
  'Fine.',
  'Agreed, until the project ends.',
  'Yes, that is part of the job now.',
  'Checked with the team.',
]
export const refusals = [
  'Not needed for this job.',
  'Please ask for the reading role instead.',
  'This was meant for the other team.',
  'Too broad; ask for the single entitlement.',
]
export const removals = ['Changed teams', 'The project has ended', 'Found in the quarterly review', 'No longer needed']
