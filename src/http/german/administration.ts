/** The German of what is refused to those who configure a tenant, look into it or speak to it by program. */
export const administrationRefusals: Record<string, string> = {
  // The catalogue.
  'is required.': 'fehlt.',
  'an access profile that is enabled has at least one entitlement.': 'ein aktives Zugriffsprofil hat mindestens eine Berechtigung.',
  'must not be longer than {0} characters.': 'darf nicht länger als {0} Zeichen sein.',
  'the entitlement {0} is not of the source of this access profile.':
    'die Berechtigung {0} ist nicht von der Quelle dieses Zugriffsprofils.',
  'The governance group {0} is in use: {1}.': 'Die Governance-Gruppe {0} wird gebraucht: {1}.',
  'The {0} {1} is in use: {2}. Set enabled to false instead, and nobody can ask for it any more.':
    '{0} {1} wird gebraucht: {2}. Schalten Sie es stattdessen ab; dann kann niemand mehr danach fragen.',
  'another {0} has this name.': '{0}: Den Namen gibt es schon.',
  'another workgroup has this name.': 'eine andere Governance-Gruppe heißt so.',
  'is given by the server: leave it out.': 'vergibt der Server: Lassen Sie es weg.',
  'only HIGH and NONE are told apart.': 'nur HIGH und NONE werden unterschieden.',
  'is not supported yet: leave it out, or null.': 'gibt es noch nicht: Lassen Sie es weg oder setzen Sie null.',
  'cannot stand beside {0}.': 'kann nicht neben {0} stehen.',
  'cannot stand beside for-segment-ids.': 'kann nicht neben for-segment-ids stehen.',
  'needs identity-id: a status is that of one identity.': 'braucht identity-id: Ein Stand ist der einer Person.',
  'must give one value for each of the sorters.': 'muss für jede Sortierung einen Wert nennen.',
  'has no date for {0}.': 'hat kein Datum für {0}.',
  'can only be false beside for-segment-ids.': 'kann nur neben for-segment-ids falsch sein.',
  'this identity is not a sub-admin.': 'diese Person ist kein Teil-Administrator.',
  '{0} cannot be changed; what can be: {1}.': '{0} kann nicht geändert werden; ändern lässt sich: {1}.',

  // Rules and configuration.
  're-authentication is not supported yet.': 'eine erneute Anmeldung gibt es noch nicht.',
  'approval by workflow is not supported.': 'Genehmigung durch einen Workflow gibt es nicht.',
  'workflows cannot approve here.': 'Workflows können hier nicht genehmigen.',
  'names the governance group; it is required.': 'nennt die Governance-Gruppe und darf nicht fehlen.',
  'names the governance group that is asked; it is required.': 'nennt die gefragte Governance-Gruppe und darf nicht fehlen.',
  '"{0}" is none of entitlementOwner, sourceOwner, manager, workgroup:{id}.':
    '„{0}“ ist nichts von entitlementOwner, sourceOwner, manager, workgroup:{id}.',
  'is not an approver type of this kind of item.': 'genehmigt diese Art von Zugriff nicht.',
  'a governance group is named by its id.': 'eine Governance-Gruppe wird mit ihrer Kennung genannt.',
  'every additional owner is asked; leave the id out.': 'alle weiteren Besitzer werden gefragt; lassen Sie die Kennung weg.',
  'must be at least 1.': 'muss mindestens 1 sein.',
  'must be one of {0}.': 'muss eines von {0} sein.',
  'nothing is approved by account here.': 'hier wird nichts je Konto genehmigt.',
  'who is asked is part of the item: its approval schemes.': 'wer gefragt wird, gehört zum Beantragten: seine Genehmigungsschritte.',
  'approvals cannot be circumvented.': 'Genehmigungen können nicht umgangen werden.',
  'access for machine identities is not requested here.': 'Zugriff für Maschinen wird hier nicht beantragt.',
  'must be one time of the day, every day or every so many days, such as 0 9 * * * or 0 9 */2 * *.':
    'muss eine Tageszeit an jedem oder jedem so vielten Tag sein, etwa 0 9 * * * oder 0 9 */2 * *.',
  'only an IDENTITY can be the fallback approver.': 'nur eine Person (IDENTITY) kann entscheiden, wo sonst niemand da ist.',
  'must be MANAGER_OF once or twice, and after two an IDENTITY or nobody.':
    'muss ein- oder zweimal MANAGER_OF sein, nach zweien eine IDENTITY oder niemand.',
  'must be the fallback approver: there is one last person.':
    'muss dieselbe Person sein, die entscheidet, wo sonst niemand da ist: Es gibt nur eine letzte.',

  // Separation of duties.
  'stands on the left side too; an entitlement cannot conflict with itself.':
    'steht auch auf der linken Seite; eine Berechtigung kann nicht mit sich selbst in Konflikt stehen.',
  'policies by query (GENERAL) are not supported, only CONFLICTING_ACCESS_BASED ones.':
    'Regeln durch eine Abfrage (GENERAL) gibt es nicht, nur solche der Art CONFLICTING_ACCESS_BASED.',
  'another policy has this name.': 'eine andere Regel heißt so.',

  // Sources and the clock.
  '{0} has no connector that could be asked.': '{0} hat keinen Konnektor, der gefragt werden könnte.',
  'needs a source with a connector: here its owner does the work by hand.':
    'braucht eine Quelle mit Konnektor: Hier geschieht die Arbeit von Hand.',
  '{0} is held by an assignment now.': '{0} ist jetzt zugewiesen.',
  'Nobody holds {0} on {1} any more.': 'Niemand hat {0} auf {1} noch.',
  '{0} is given by a rule; only the rule can end it.': '{0} folgt aus einer Regel; nur die Regel kann es beenden.',
  '{0} is being read since {1}.': '{0} wird seit {1} gelesen.',
  '{0} was read by somebody else meanwhile.': '{0} wurde inzwischen von jemand anderem gelesen.',
  'say at least one of set, advance, hold and release.': 'sagen Sie mindestens eines von set, advance, hold und release.',
  'stands alone: it means real time.': 'steht allein: Es meint die wirkliche Zeit.',
  'cannot be said together with set.': 'kann nicht zusammen mit set gesagt werden.',
  'must be seconds or an ISO 8601 duration such as P3D or PT1H.': 'müssen Sekunden sein oder eine Dauer nach ISO 8601, etwa P3D oder PT1H.',
  'The clock of this server cannot be moved.': 'Die Uhr dieses Servers lässt sich nicht stellen.',
  'lies outside what the clock can show: 1970 to 4999.': 'liegt außerhalb dessen, was die Uhr zeigen kann: 1970 bis 4999.',

  // Lists and files.
  'the only value is EXECUTING.': 'der einzige Wert ist EXECUTING.',
  'must be one of ENTITLEMENT, ROLE, ACCESS_PROFILE.': 'muss ENTITLEMENT, ROLE oder ACCESS_PROFILE sein.',
  'must be an instant such as 2026-01-31T00:00:00Z.': 'muss ein Zeitpunkt sein, etwa 2026-01-31T00:00:00Z.',
  'is no moment we know.': 'ist kein Zeitpunkt.',
  'must lie before the end of the span.': 'muss vor dem Ende des Zeitraums liegen.',
  'would make more than {0} of them; ask for longer ones.': 'ergäbe mehr als {0} davon; wählen Sie längere.',
  'is no time zone we know; give a name such as Europe/Zurich.': 'ist keine bekannte Zeitzone; nennen Sie eine wie Europe/Zurich.',
  'these are {0} rows and a download has at most {1}; narrow the list.':
    'das sind {0} Zeilen, und eine Datei hat höchstens {1}; grenzen Sie die Liste ein.',
  'must be as many as there are columns.': 'müssen so viele sein wie Spalten.',
  'must be at most {0}.': 'darf höchstens {0} sein.',
  'cannot stand beside requested-for or requested-by.': 'kann nicht neben requested-for oder requested-by stehen.',
  'must be one or more of {0}, not {1}.': 'muss eines oder mehreres von {0} sein, nicht {1}.',

  // What does not fit its shape.
  'must not hold the character U+0000 or half of a surrogate pair.': 'darf das Zeichen U+0000 und halbe Zeichen nicht enthalten.',
  'a name must not hold the character U+0000 or half of a surrogate pair.':
    'ein Name darf das Zeichen U+0000 und halbe Zeichen nicht enthalten.',
  'The body is not valid.': 'Der Inhalt ist nicht gültig.',
  'is not valid.': 'ist nicht gültig.',
  'must not be blank.': 'darf nicht leer sein.',
  'must NOT have fewer than {0} characters.': 'muss mindestens {0} Zeichen haben.',
  'must NOT have more than {0} characters.': 'darf höchstens {0} Zeichen haben.',
  'must NOT have fewer than {0} items.': 'muss mindestens {0} Einträge haben.',
  'must NOT have more than {0} items.': 'darf höchstens {0} Einträge haben.',
  'must NOT have additional properties.': 'darf nichts anderes enthalten.',
  'must be >= {0}.': 'muss mindestens {0} sein.',
  'must be <= {0}.': 'darf höchstens {0} sein.',
  'must be {0}.': 'muss {0} sein.',
  'must match format "{0}".': 'muss der Form „{0}“ entsprechen.',
  'must match pattern "{0}".': 'muss dem Muster „{0}“ entsprechen.',
  'The body is larger than this server takes.': 'Der Inhalt ist größer, als dieser Server annimmt.',
  'The body could not be read: it is not valid JSON.': 'Der Inhalt ist nicht lesbar: Er ist kein gültiges JSON.',
  'The database cannot be reached; try again.': 'Die Datenbank ist nicht erreichbar; versuchen Sie es noch einmal.',
  'The database has no room left on its disk; nothing was stored. Try again when there is.':
    'Die Datenbank hat keinen Platz mehr; nichts wurde gespeichert. Versuchen Sie es wieder, wenn welcher da ist.',
  'The database is too busy to answer in time; try again.':
    'Die Datenbank hat zu viel zu tun, um rechtzeitig zu antworten; versuchen Sie es noch einmal.',
  'An internal fault occurred.': 'Ein innerer Fehler ist aufgetreten.',
  'An internal fault occurred ({0}); try again.': 'Ein innerer Fehler ist aufgetreten ({0}); versuchen Sie es noch einmal.',
}
