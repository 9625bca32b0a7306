import type { AccessRequestConfigBody } from '../../../src/api/access-request-config.ts'
import { useCall, useSend } from './queries.ts'

/** How access is asked for in this tenant, in the shape of the version this client speaks. */
export type RequestConfiguration = AccessRequestConfigBody

/** The configuration, and saving it: what is left out of it would fall back to a default, so all of it goes back. */
export function useRequestConfiguration() {
  const { data, error, isPending, refetch } = useCall('getAccessRequestConfig', {})
  const save = useSend('setAccessRequestConfig', 'configuration')
  return {
    query: { data: data as RequestConfiguration | undefined, error, isPending, refetch },
    save: async (saved: RequestConfiguration, changed: RequestConfiguration) => {
      await save.mutateAsync({ body: { ...saved, ...changed } })
    },
    isSaving: save.isPending,
    error: save.error,
  }
}
