import { Type } from 'typebox'
import { Flag, Text } from './schema.ts'

/** The two calls that are the same in every version and stand outside the table: they come before there is a caller. */

export const TokenResponse = Type.Object({
  access_token: Text,
  token_type: Text,
  expires_in: Type.Integer(),
  scope: Text,
  accessType: Text,
  tenant_id: Text,
  internal: Flag,
  pod: Text,
  strong_auth_supported: Flag,
  org: Text,
  user_id: Type.Union([Text, Type.Null()]),
  identity_id: Type.Union([Text, Type.Null()]),
  strong_auth: Flag,
  enabled: Flag,
  jti: Text,
})

export const OauthInfo = Type.Object({
  tenantId: Text,
  tenantName: Text,
  authorizeEndpoint: Text,
  tokenEndpoint: Text,
  cloudDomainUrl: Text,
  logoutUrl: Text,
  pod: Text,
})

export const OauthError = Type.Object({ error: Text, error_description: Text })
