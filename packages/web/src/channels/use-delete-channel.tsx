/** Deletes a channel after asking. */

import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { ChannelOverview } from '@sallyport/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'
import { channelsKey } from './use-channels.ts'

/** Opens the question; a yes deletes the channel and goes home. */
export function useDeleteChannel({ id }: ChannelOverview, name: string): () => void {
  const http = useHttp()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const remove = useMutation({
    mutationFn: () => http.call('channels.delete', { params: { id } }),
    onSuccess: () => {
      navigate('/', { replace: true })
      return queries.invalidateQueries({ queryKey: channelsKey })
    },
    onError: notifyError,
  })
  return () =>
    modals.openConfirmModal({
      title: `Delete “${name}”?`,
      children: <Text size="sm">All its messages are deleted for everybody. This cannot be taken back.</Text>,
      labels: { confirm: 'Delete channel', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
}
