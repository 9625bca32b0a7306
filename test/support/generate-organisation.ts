import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface OrganisationSize {
  identities: number
  entitlements: number
  holdings: number
  sources: number
}

/**
 * Writes the CSV files of a made-up organisation: everybody has an account at every source, and the holdings are spread evenly over the
 * accounts, no two alike. Holds no more than a portion of lines in memory.
 */
export function generateOrganisation(folder: string, size: OrganisationSize): void {
  mkdirSync(folder, { recursive: true })
  const sourceOf = (n: number) => `Source ${n % size.sources}`
  const nativeOf = (person: number) => `uid=user${person},ou=people`
  writeLines(join(folder, 'identities.csv'), 'alias,name,email,managerAlias,department,status', size.identities, (n) => {
    const manager = n === 0 ? '' : `user${Math.floor((n - 1) / 8)}`
    return `user${n},User ${n},user${n}@example.com,${manager},Department ${n % 40},ACTIVE`
  })
  writeLines(join(folder, 'sources.csv'), 'name,ownerAlias', size.sources, (n) => `Source ${n},user${n % size.identities}`)
  writeLines(join(folder, 'entitlements.csv'), 'source,attribute,value,name,requestable', size.entitlements, (n) => {
    return `${sourceOf(n)},groups,"cn=group${n},ou=groups",Group ${n},true`
  })
  writeLines(join(folder, 'accounts.csv'), 'source,nativeIdentity,identityAlias,name,disabled', size.identities * size.sources, (n) => {
    const person = Math.floor(n / size.sources)
    return `${sourceOf(n)},"${nativeOf(person)}",user${person},user${person},false`
  })
  writeLines(join(folder, 'holdings.csv'), 'source,nativeIdentity,attribute,value', size.holdings, (n) => {
    // The next person each time; after everybody had their turn, the next entitlement for each.
    const entitlement = (Math.floor(n / size.identities) + n) % size.entitlements
    return `${sourceOf(entitlement)},"${nativeOf(n % size.identities)}",groups,"cn=group${entitlement},ou=groups"`
  })
}

const LINES_AT_ONCE = 10_000

function writeLines(path: string, header: string, count: number, lineOf: (n: number) => string): void {
  const file = openSync(path, 'w')
  writeSync(file, `${header}\n`)
  for (let from = 0; from < count; from += LINES_AT_ONCE) {
    const size = Math.min(LINES_AT_ONCE, count - from)
    writeSync(file, `${Array.from({ length: size }, (_, at) => lineOf(from + at)).join('\n')}\n`)
  }
  closeSync(file)
}
