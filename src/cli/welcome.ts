/** What the sandbox says once it listens. Takes the admin's credentials and where things are; returns the text. */
export function welcome(at: { baseUrl: string; clientId: string; clientSecret: string; dataFolder: string; targetUrl: string }): string {
  const envFile = `${at.dataFolder}/admin.env`
  return `
Countersign listens on ${at.baseUrl}
  admin client id      ${at.clientId}
  admin client secret  ${at.clientSecret}
  (also in ${envFile}; the demo target is a SCIM server at ${at.targetUrl})

Open ${at.baseUrl} in a browser and be anybody of the demo organisation.

Try:
  set -a; . ${envFile}; set +a
  TOKEN=$(curl -s -d grant_type=client_credentials -d client_id=$SAIL_CLIENT_ID -d client_secret=$SAIL_CLIENT_SECRET $SAIL_BASE_URL/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" "$SAIL_BASE_URL/v2024/requestable-objects?limit=5"
`
}
