/** The German of what is refused of a query; the same hint ends many of them. */
const hint = 'setzen Sie es in Anführungszeichen oder einen Backslash davor'
const said = 'put it in double quotes or a backslash before it'

/** Without the words around them: `query: … (position n)`. */
export const queryRefusals: Record<string, string> = {
  'Found ")" without a "(" before it': '„)“ ohne „(“ davor',
  'Found "{0}" where there should be a term': '„{0}“ steht, wo ein Begriff stehen sollte',
  'There should be a term after "{0}"': 'nach „{0}“ sollte ein Begriff stehen',
  'The query has more than {0} terms': 'die Abfrage hat mehr als {0} Begriffe',
  'Found two operators where there should be a term after "{0}"': 'zwei Operatoren stehen, wo nach „{0}“ ein Begriff stehen sollte',
  [`Found "{0}" after "{1}": one operator stands before a term, as in NOT (NOT a); to look for it, ${said}`]: `„{0}“ steht nach „{1}“: Vor einem Begriff steht ein Operator, wie in NOT (NOT a); um danach zu suchen, ${hint}`,
  [`Found "{0}" where there should be a term; to look for it, ${said}`]: `„{0}“ steht, wo ein Begriff stehen sollte; um danach zu suchen, ${hint}`,
  [`Found {0} where there should be a term; to look for it, ${said}`]: `{0} steht, wo ein Begriff stehen sollte; um danach zu suchen, ${hint}`,
  [`Regular expressions are not supported: for a text that begins with "/", ${said}`]: `reguläre Ausdrücke gibt es nicht: für einen Text, der mit „/“ beginnt, ${hint}`,
  'A field cannot stand inside the parentheses of the field "{0}"': 'in den Klammern des Felds „{0}“ kann kein Feld stehen',
  'There should be a value after "{0}:"': 'nach „{0}:“ sollte ein Wert stehen',
  'Wildcards in the name of a field are not supported': 'Platzhalter in Feldnamen gibt es nicht',
  '"*:" is supported only as "*:*"; leave it out to look into every field':
    '„*:“ gibt es nur als „*:*“; lassen Sie es weg, um in allen Feldern zu suchen',
  'There are more than {0} levels of parentheses': 'Klammern stehen mehr als {0}-fach ineinander',
  'The "(" has no closing ")"': 'zu „(“ fehlt „)“',
  'There is nothing between the parentheses': 'zwischen den Klammern steht nichts',
  [`A range needs a field before it, as in created:[2026-01-01 TO now]; for the character, ${said}`]: `ein Bereich braucht ein Feld davor, wie in created:[2026-01-01 TO now]; für das Zeichen, ${hint}`,
  'There should be "TO" between the two ends of the range': 'zwischen den Enden des Bereichs sollte „TO“ stehen',
  'The range has no closing "]" or "}"': 'dem Bereich fehlt „]“ oder „}“',
  'A range has two ends, as in [2026-01-01 TO now]; "*" leaves one open':
    'ein Bereich hat zwei Enden, wie in [2026-01-01 TO now]; „*“ lässt eines offen',
  [`"{0}" needs a field before it, as in created:>=now-7d; for the character, ${said}`]: `„{0}“ braucht ein Feld davor, wie in created:>=now-7d; für das Zeichen, ${hint}`,
  'The phrase has no closing double quote': 'dem Text fehlt das schließende Anführungszeichen',
  'There should be a character after the backslash': 'nach dem Backslash sollte ein Zeichen stehen',
  [`Fuzzy terms and distances ("~") are not supported; to look for the character, ${said}`]: `unscharfe Begriffe und Abstände („~“) gibt es nicht; um nach dem Zeichen zu suchen, ${hint}`,
  [`Weights ("^") are not supported, as results are not ranked; to look for the character, ${said}`]: `Gewichte („^“) gibt es nicht, weil Treffer nicht gereiht werden; um nach dem Zeichen zu suchen, ${hint}`,
  '"{0}" has no order, so no range of it can be asked for': '„{0}“ hat keine Ordnung, also auch keinen Bereich',
  '{0} is no date such as 2026-01-31, 2026-01-31T12:00:00Z or now-7d/d':
    '{0} ist kein Datum wie 2026-01-31, 2026-01-31T12:00:00Z oder now-7d/d',
  'the term has no letter or digit to look for': 'der Begriff hat keinen Buchstaben und keine Ziffer, nach denen zu suchen wäre',
  'wildcards look for words, and this field holds a date, a number or a flag':
    'Platzhalter suchen nach Wörtern, und dieses Feld hat ein Datum, eine Zahl oder Ja und Nein',
  '{0} is neither true nor false': '{0} ist weder true noch false',
  '{0} is no number': '{0} ist keine Zahl',
  'the elements of "{0}" are asked about as @{1}({2}:…)': 'nach den Teilen von „{0}“ fragt man mit @{1}({2}:…)',
  'There is no field {0}': 'es gibt kein Feld {0}',
  'There is no list "@{0}"': 'es gibt keine Liste „@{0}“',
}

/** Whole sentences. */
export const searchRefusals: Record<string, string> = {
  'The query has {0} characters; at most {1} are allowed': 'Die Abfrage hat {0} Zeichen; erlaubt sind höchstens {1}.',
  'takes longer than {0} seconds: {1}.': 'dauert länger als {0} Sekunden; grenzen Sie die Suche ein.',
  'and offset together reach at most {0} documents; go on with searchAfter.':
    'und offset reichen zusammen höchstens bis {0}; gehen Sie mit searchAfter weiter.',
  'is no time zone such as Europe/Berlin or +02:00.': 'ist keine Zeitzone wie Europe/Berlin oder +02:00.',
  'must be SAILPOINT: queries of type {0} are not supported.': 'muss SAILPOINT sein: Abfragen der Art {0} gibt es nicht.',
  'is not supported; say it in query.query.': 'gibt es nicht; sagen Sie es in query.query.',
  'is not supported; ask @list(…) in the query.': 'gibt es nicht; fragen Sie mit @list(…) in der Abfrage.',
  '"{0}" is not searched here; there are lists of them. Indices: {1}.':
    '„{0}“ wird hier nicht durchsucht; davon gibt es Listen. Verzeichnisse: {1}.',
  'there is no such index. Indices: {0}.': 'dieses Verzeichnis gibt es nicht. Verzeichnisse: {0}.',
  'must give one value for each field of sort.': 'muss für jedes Feld der Sortierung einen Wert nennen.',
}
