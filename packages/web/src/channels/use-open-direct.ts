/** Opens the direct channel with a person. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'
import { channelsKey } from './use-channels.ts'

/** Makes the direct channel with the person of an id, or finds the one there is, and goes to it. */
export function useOpenDirect() {
  const http = useHttp()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  return useMutation({
    mutationFn: (person: string) => http.call('channels.create', { body: { type: 'dm', user_ids: [person] } }),
    onSuccess: async (channel) => {
      await queries.invalidateQueries({ queryKey: channelsKey })
      navigate(`/channels/${channel.id}`)
    },
    onError: notifyError,
  })
}
