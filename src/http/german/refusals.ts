/**
 * The German of what is refused, by its English with numbered gaps. A field that a refusal names stands before it and stays as it is: it is a name of the
 * contract. `test/house/refusals.test.ts` compares the left side with the sources.
 */
export const refusals: Record<string, string> = {
  // Who may do what.
  'This call needs a token of a person, not of a client alone.':
    'Dieser Aufruf braucht das Token einer Person, nicht nur das eines Programms.',
  'You may only see your own; use "me".': 'Sie dürfen nur Ihre eigenen sehen; verwenden Sie „me“.',
  'You have a say in this request already, and its policy asks different people.':
    'Sie entscheiden in diesem Antrag schon mit, und seine Richtlinie fragt verschiedene Personen.',
  'Nobody decides on their own access.': 'Niemand entscheidet über eigenen Zugriff.',
  'nobody decides on their own access.': 'niemand entscheidet über eigenen Zugriff.',
  'A rejection of this item needs a comment.': 'Wer dies ablehnt, muss es begründen.',
  'An approval of this item needs a comment.': 'Wer dem zustimmt, muss einen Kommentar dazu schreiben.',
  'Only an approver of this approval or an org admin may do this.': 'Das dürfen nur die Gefragten oder ein Administrator.',
  'Only an approver of this approval or an org admin may see this.': 'Das dürfen nur die Gefragten oder ein Administrator sehen.',
  'This approval is closed: it is {0}.': 'Diese Genehmigung ist erledigt: Sie ist {0}.',
  'This approval is not yours any more: it was handed on to somebody else.':
    'Diese Genehmigung ist nicht mehr Ihre: Sie wurde an jemand anderen weitergegeben.',
  'Only the person themselves, their manager or an org admin may see or change who stands in for them.':
    'Wer jemanden vertritt, dürfen nur die Person selbst, ihre Führungskraft oder ein Administrator sehen und ändern.',
  'Only the requester or an org admin may cancel this request.':
    'Diesen Antrag dürfen nur die antragstellende Person oder ein Administrator zurückziehen.',
  'Only who asked, whom it is for and org admins may see this account activity.':
    'Diese Kontoaktivität dürfen nur sehen, wer sie beantragt hat, für wen sie ist und Administratoren.',
  'A browser session speaks only for pages of this server; scripts use a token.':
    'Eine Browsersitzung spricht nur für Seiten dieses Servers; Programme verwenden ein Token.',
  'This operation needs {0}.': 'Dazu braucht es {0}.',
  'This operation needs the scope {0}.': 'Dazu braucht es die Berechtigung {0}.',
  'You may not request access for this identity.': 'Für diese Person dürfen Sie keinen Zugriff beantragen.',
  'You may only ask about your own accounts and those of your reports.':
    'Sie dürfen nur nach Ihren eigenen Konten und denen Ihres Teams fragen.',
  'You may only ask about yourself and your direct reports.': 'Sie dürfen nur nach sich selbst und Ihrem Team fragen.',
  'Only org admins may leave it out; use "me".': 'Weglassen dürfen es nur Administratoren; verwenden Sie „me“.',
  'Only org admins may ask about everybody.': 'Nach allen dürfen nur Administratoren fragen.',
  'Only org admins may ask about everybody; use "team".': 'Nach allen dürfen nur Administratoren fragen; verwenden Sie „team“.',
  'Tokens of others need the scope sp:all-personal-access-tokens:read.':
    'Tokens anderer brauchen die Berechtigung sp:all-personal-access-tokens:read.',
  'You may only see requests that you have a part in.': 'Sie dürfen nur Anträge sehen, an denen Sie beteiligt sind.',
  'You may only see your own work items.': 'Sie dürfen nur Ihre eigenen Aufgaben sehen.',
  'Only the owner of this work item or an org admin may see it.':
    'Diese Aufgabe dürfen nur die Person, der sie gehört, oder ein Administrator sehen.',
  'Only the owner of this work item or an org admin may do this.':
    'Das dürfen nur die Person, der die Aufgabe gehört, oder ein Administrator.',
  'Only an org admin reassigns what another person holds.': 'Was andere haben, verteilt nur ein Administrator um.',
  'Only the requester, the recipient or an org admin may remind.':
    'Erinnern dürfen nur, wer beantragt hat, für wen es ist oder ein Administrator.',
  'A sandbox lets people in on loopback names only; set COUNTERSIGN_PUBLIC_URL to use another.':
    'Eine Sandbox lässt nur über Loopback-Namen ein; für einen anderen ist COUNTERSIGN_PUBLIC_URL zu setzen.',
  'Signing in with OpenID Connect is not set up here.': 'Die Anmeldung mit OpenID Connect ist hier nicht eingerichtet.',
  'No more than {0} open streams of one person.': 'Eine Person kann höchstens {0} Verbindungen offen haben.',

  // What there is not.
  'There is no such thing.': 'Das gibt es nicht.',
  'There is no such identity.': 'Diese Person gibt es nicht.',
  'This identity is not active.': 'Diese Person ist nicht aktiv.',
  'There is no account activity {0}.': 'Es gibt keine Kontoaktivität {0}.',
  'There is no approval configuration {0}.': 'Es gibt keine Einstellungen für Genehmigungen {0}.',
  'There is no tenant {0}.': 'Es gibt keinen Mandanten {0}.',
  'There is no access request {0}.': 'Es gibt keinen Antrag {0}.',
  'There is no bulk reassignment {0}.': 'Es gibt keine Umverteilung {0}.',
  'There is no access profile {0}.': 'Es gibt kein Zugriffsprofil {0}.',
  'There is no account {0}.': 'Es gibt kein Konto {0}.',
  'There is no source app {0}.': 'Es gibt keine Anwendung {0}.',
  'There is no entitlement {0}.': 'Es gibt keine Berechtigung {0}.',
  'there is no entitlement {0}.': 'es gibt keine Berechtigung {0}.',
  'There is no role assignment {0} of this identity.': 'Diese Person hat keine Rollenzuweisung {0}.',
  'There is no role {0}.': 'Es gibt keine Rolle {0}.',
  'There is no source {0}.': 'Es gibt keine Quelle {0}.',
  'There is no source named {0}.': 'Es gibt keine Quelle namens {0}.',
  'There is no identity {0}.': 'Es gibt keine Person {0}.',
  'there is no identity {0}.': 'es gibt keine Person {0}.',
  'There is no workgroup {0}.': 'Es gibt keine Governance-Gruppe {0}.',
  'there is no governance group {0}.': 'es gibt keine Governance-Gruppe {0}.',
  'There is no approval {0}.': 'Es gibt keine Genehmigung {0}.',
  'There is no item {0} that you may look at.': 'Es gibt nichts mit der Kennung {0}, das Sie ansehen dürfen.',
  'There is no document {0} in this index.': 'In diesem Verzeichnis gibt es {0} nicht.',
  'There is no SoD policy {0}.': 'Es gibt keine Regel zur Funktionstrennung {0}.',
  'Work item {0} has no item {1}.': 'Die Aufgabe {0} hat keinen Teil {1}.',
  'There is no work item {0}.': 'Es gibt keine Aufgabe {0}.',
  'There is no {0} {1}.': '{0} {1} gibt es nicht.',
  'there is no {0} {1}.': '{0} {1} gibt es nicht.',
  'You have no personal access token {0}.': 'Sie haben kein persönliches Zugriffstoken {0}.',
  'There is no personal access token {0} that you may delete.': 'Es gibt kein persönliches Zugriffstoken {0}, das Sie löschen dürfen.',
  '{0} has no such configuration.': '{0} hat keine solche Vertretung.',
  'There is no configuration to delete.': 'Es gibt keine Einstellungen, die gelöscht werden könnten.',
  'This source has no drift {0}.': 'Diese Quelle hat keine Abweichung {0}.',
  'There is no requested item {0}.': 'Es gibt keinen Antragsposten {0}.',

  // Requests.
  'Access is requested outside this system; only org admins may submit here.':
    'Zugriff wird außerhalb dieses Systems beantragt; hier dürfen das nur Administratoren.',
  'at most {0} entitlements can be requested at once, not {1}.':
    'höchstens {0} Berechtigungen können auf einmal beantragt werden, nicht {1}.',
  'entitlements can be requested for at most {0} identities at once, not {1}.':
    'Berechtigungen können für höchstens {0} Personen auf einmal beantragt werden, nicht {1}.',
  'access can be revoked for exactly one identity at a time.': 'Zugriff kann nur einer Person auf einmal entzogen werden.',
  'at most one entitlement can be revoked at once.': 'nur eine Berechtigung kann auf einmal entzogen werden.',
  'nobody can revoke their own access; their manager or an admin can.':
    'niemand kann sich selbst Zugriff entziehen; das können die Führungskraft oder ein Administrator.',
  'only the direct manager or an org admin may revoke access.': 'Zugriff dürfen nur die Führungskraft oder ein Administrator entziehen.',
  '{0} is not active and can be given no access.': '{0} ist nicht aktiv und kann keinen Zugriff bekommen.',
  'you may not request access for this identity.': 'für diese Person dürfen Sie keinen Zugriff beantragen.',
  'a comment is required to revoke access.': 'wer Zugriff entzieht, muss es begründen.',
  'a comment is required to request this item.': 'wer dies beantragt, muss einen Kommentar dazu schreiben.',
  'names no account of the recipient on this source.': 'nennt kein Konto der Person auf dieser Quelle.',
  'a revoke has no start date.': 'ein Entzug hat keinen Beginn.',
  'this item can only be requested with an end date.': 'dies kann nur mit einem Ende beantragt werden.',
  'this item is given for at most {0} {1}, until {2}.': 'dies wird für höchstens {0} {1} gegeben, bis {2}.',
  'this access comes from role membership or birthright and cannot be revoked by request.':
    'dieser Zugriff folgt aus einer Rolle oder der Stellung und kann nicht auf Antrag entzogen werden.',
  'must be earlier than the present end date {0}.': 'muss vor dem jetzigen Ende {0} liegen.',
  '{0} cannot be requested.': '{0} kann nicht beantragt werden.',
  'only access that is held can be modified.': 'nur Zugriff, der da ist, kann geändert werden.',
  'names no assignment of this item that the recipient holds by request.':
    'nennt keine Zuweisung davon, die die Person auf Antrag bekommen hat.',
  'names no account of the recipient where this item is.': 'nennt kein Konto der Person, auf dem dies ist.',
  'this access is held on several accounts of one source ({0}): say which by nativeIdentity or assignmentId.':
    'dieser Zugriff ist auf mehreren Konten einer Quelle ({0}): Sagen Sie mit nativeIdentity oder assignmentId, auf welchem.',
  'must lie in the future.': 'muss in der Zukunft liegen.',
  'must lie after the start date.': 'muss nach dem Beginn liegen.',
  'the named account is not an account of the recipient.': 'das genannte Konto gehört nicht der Person.',
  'the chosen account is not an account of the recipient on this source.': 'das gewählte Konto gehört auf dieser Quelle nicht der Person.',
  'it would break the separation-of-duties {0} {1}.': 'es würde die Funktionstrennung verletzen ({1}).',
  'Nobody can be asked: the policy wants different people, and no active org admin is left; a tenant needs more of them.':
    'Niemand kann gefragt werden: Die Richtlinie will verschiedene Personen, und kein aktiver Administrator ist übrig; es braucht mehr davon.',
  'Nobody can be asked: there is no active org admin but the person the access is for; a tenant needs two.':
    'Niemand kann gefragt werden: Außer der Person, für die der Zugriff ist, gibt es keinen aktiven Administrator; es braucht zwei.',
  'This request cannot be cancelled any more: it is {0}.': 'Dieser Antrag kann nicht mehr zurückgezogen werden: Er ist {0}.',
  'This request does not wait for an approver.': 'Dieser Antrag wartet auf keine Genehmigung.',
  'They were reminded less than a day ago; remind them again from {0} on.':
    'Sie wurden vor weniger als einem Tag erinnert; erinnern Sie wieder ab {0}.',
  'Nothing of it can be tried again.': 'Nichts davon kann noch einmal versucht werden.',
  '{0} was given or taken away in another way since.': '{0} wurde inzwischen auf anderem Weg gegeben oder entzogen.',
  '{0} that is {1} cannot {2}.': '{0} im Zustand {1}: „{2}“ geht nicht.',
  'name at least one identity.': 'nennen Sie mindestens eine Person.',
  'name at least one item.': 'nennen Sie mindestens etwas, das beantragt wird.',
  'each identity may be named once.': 'jede Person darf einmal genannt werden.',
  'is no instant.': 'ist kein Zeitpunkt.',
  'one account per source can be chosen.': 'ein Konto je Quelle kann gewählt werden.',
  'cannot stand beside requestedFor and requestedItems; send one of the two forms.':
    'kann nicht neben requestedFor und requestedItems stehen; senden Sie eine der beiden Formen.',
  'access is revoked with requestedFor and requestedItems.': 'Zugriff wird mit requestedFor und requestedItems entzogen.',
  'access for machine identities cannot be requested here yet.': 'Zugriff für Maschinen kann hier noch nicht beantragt werden.',
  'forms are not supported yet.': 'Formulare gibt es noch nicht.',
  'must not be empty.': 'darf nicht leer sein.',
  'was used before with another body.': 'wurde schon mit einem anderen Inhalt verwendet.',
  'at most {0} characters.': 'höchstens {0} Zeichen.',

  // Approvals, reassignment, work by hand.
  '{0} is not active.': '{0} ist nicht aktiv.',
  'nobody decides on their own request.': 'niemand entscheidet über den eigenen Antrag.',
  '{0} has a say in this request already, and its policy asks different people.':
    '{0} entscheidet in diesem Antrag schon mit, und seine Richtlinie fragt verschiedene Personen.',
  'nobody stands in for themselves.': 'niemand vertritt sich selbst.',
  'several people hold this approval: name one.': 'mehrere Personen haben diese Genehmigung: Nennen Sie eine.',
  'does not hold this approval.': 'hat diese Genehmigung nicht.',
  'is one of those whose work is moved.': 'gehört zu denen, deren Arbeit umverteilt wird.',
  '{0} has such a configuration already: change it with PUT, or delete it.':
    '{0} hat schon eine solche Vertretung: Ändern oder löschen Sie diese.',
  'must be the identity of the path, or left out.': 'muss die Person des Pfads sein oder fehlen.',
  'must be SELF_REVIEW_DELEGATION.': 'muss SELF_REVIEW_DELEGATION sein.',
  'approvals of access requests are reassigned by ACCESS_REQUESTS here; use ACCESS_REQUESTS or MANUAL_TASKS.':
    'Genehmigungen von Anträgen werden hier mit ACCESS_REQUESTS vertreten; verwenden Sie ACCESS_REQUESTS oder MANUAL_TASKS.',
  'there are no certifications here; use ACCESS_REQUESTS or MANUAL_TASKS.':
    'Zertifizierungen gibt es hier nicht; verwenden Sie ACCESS_REQUESTS oder MANUAL_TASKS.',
  'approvals have no attributes here; leave them out.': 'Genehmigungen haben hier keine Attribute; lassen Sie diese weg.',
  'The only type of approvals here is {0}.': 'Hier gibt es nur Genehmigungen der Art {0}.',

  // Tokens.
  'A person has at most {0} personal access tokens; delete one first.':
    'Eine Person hat höchstens {0} persönliche Zugriffstokens; löschen Sie zuerst eines.',
  'another of your personal access tokens has this name.': 'ein anderes Ihrer persönlichen Zugriffstokens heißt so.',
  'your own token does not have {0}.': 'Ihr eigenes Token hat {0} nicht.',
  'a token without an end needs userAwareTokenNeverExpires to be true.':
    'ein Token ohne Ende verlangt, dass userAwareTokenNeverExpires wahr ist.',
}
