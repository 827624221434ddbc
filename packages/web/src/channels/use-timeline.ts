/** Loads a channel's or thread's messages and keeps them as they are on the server. */
import type { Channel, ChannelEvent } from '@sallyport/client'
import type { Message } from '@sallyport/protocol'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { useHttp } from '../session/session-context.tsx'
import { type MessagePage, mergeMessage, prependPage, startTimeline, type Timeline } from './timeline.ts'

const pageSize = 50

type State =
  | { readonly status: 'loading'; readonly live: readonly Message[] }
  | { readonly status: 'failed'; readonly error: unknown; readonly live: readonly Message[] }
  | {
      readonly status: 'ready'
      readonly timeline: Timeline
      readonly older: 'idle' | 'loading'
      readonly olderError?: unknown
    }

type Action =
  | { readonly type: 'loaded'; readonly page: MessagePage }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'reload' }
  | { readonly type: 'older-asked' }
  | { readonly type: 'older-loaded'; readonly page: MessagePage }
  | { readonly type: 'older-failed'; readonly error: unknown }
  | { readonly type: 'message'; readonly message: Message }

/** The messages of a channel (`parent` null) or of the thread under a message. */
export function useTimeline(channel: Channel, id: string, parent: string | null) {
  const http = useHttp()
  const [state, dispatch] = useReducer(reduce, { status: 'loading', live: [] })
  const load = useCallback(
    (before?: number): Promise<MessagePage> => {
      const query = { limit: pageSize, ...(before === undefined ? {} : { before }) }
      return parent === null
        ? http.call('messages.list', { params: { id }, query })
        : http.call('messages.thread', { params: { id, message_id: parent }, query })
    },
    [http, id, parent],
  )
  /** Counts loads, so that the answer to one that was replaced is dropped. */
  const turn = useRef(0)

  const reload = useCallback(() => {
    turn.current += 1
    const mine = turn.current
    dispatch({ type: 'reload' })
    load().then(
      (page) => mine === turn.current && dispatch({ type: 'loaded', page }),
      (error: unknown) => mine === turn.current && dispatch({ type: 'failed', error }),
    )
  }, [load])

  const merge = useCallback((message: Message) => dispatch({ type: 'message', message }), [])
  useEffect(() => {
    const stops = [
      channel.on('event', (event) => {
        const message = messageOf(event)
        if (message !== undefined && belongs(message, parent)) merge(message)
      }),
      channel.on('gap', reload),
    ]
    reload()
    return () => {
      turn.current += 1
      for (const stop of stops) stop()
    }
  }, [channel, parent, merge, reload])

  const loadOlder = useCallback(() => {
    if (state.status !== 'ready' || state.older === 'loading' || state.timeline.before === undefined) return
    const mine = turn.current
    dispatch({ type: 'older-asked' })
    load(state.timeline.before).then(
      (page) => mine === turn.current && dispatch({ type: 'older-loaded', page }),
      (error: unknown) => mine === turn.current && dispatch({ type: 'older-failed', error }),
    )
  }, [state, load])

  return { state, reload, loadOlder, merge }
}

/** The message that an event of a channel carries; none for typing. */
function messageOf(event: ChannelEvent): Message | undefined {
  return event.data.type === 'typing' ? undefined : event.data.data
}

function belongs(message: Message, parent: string | null): boolean {
  return message.parent_id === parent || message.id === parent
}

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'reload':
      // While history is loaded again, what is there stays in sight.
      return state.status === 'ready' ? state : { status: 'loading', live: state.live }
    case 'loaded': {
      const live = state.status === 'ready' ? state.timeline.messages : state.live
      return { status: 'ready', timeline: startTimeline(action.page, pageSize, live), older: 'idle' }
    }
    case 'failed':
      return state.status === 'ready' ? state : { status: 'failed', error: action.error, live: state.live }
    case 'message':
      if (state.status === 'ready') return { ...state, timeline: mergeMessage(state.timeline, action.message) }
      return { ...state, live: [...state.live, action.message] }
    case 'older-asked':
      return state.status === 'ready' ? { status: 'ready', timeline: state.timeline, older: 'loading' } : state
    case 'older-loaded':
      if (state.status !== 'ready') return state
      return { status: 'ready', timeline: prependPage(state.timeline, action.page, pageSize), older: 'idle' }
    case 'older-failed':
      return state.status === 'ready' ? { ...state, older: 'idle', olderError: action.error } : state
  }
}
