/** Editors of one document, each with the server's own provider: what people would use. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { connect, NoteProvider } from '@sallyport/client'
import WebSocket from 'ws'
import * as Y from 'yjs'

export interface Editor {
  readonly document: Y.Doc
  /** Calls back with the number of local edits that the server has not acknowledged, whenever it changes. */
  onUnacknowledged(callback: (count: number) => void): void
  close(): void
}

/** An editor of a note, signed in with a token. Resolves when it has the note. */
export async function openNote(options: {
  readonly url: string
  readonly token: string
  readonly note: string
}): Promise<Editor> {
  const { url, token, note } = options
  const client = connect({ url, token })
  const provider = new NoteProvider({ client, note })
  await new Promise<void>((resolve, reject) => {
    provider.on('synced', () => resolve())
    provider.on('connection-error', reject)
  })
  return {
    document: provider.document,
    onUnacknowledged: (callback) => void provider.on('unsynced-changes', callback),
    close: () => {
      provider.destroy()
      client.close()
    },
  }
}

/** An editor of a Hocuspocus document. Resolves when it has it. */
export async function openHocuspocus({ url, name }: { readonly url: string; readonly name: string }): Promise<Editor> {
  const document = new Y.Doc()
  // `ws`, as our client has it in Node: the built-in WebSocket is slower.
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket })
  const provider = new HocuspocusProvider({ websocketProvider, name, document })
  await new Promise<void>((resolve) => {
    provider.on('synced', () => resolve())
    provider.attach()
  })
  return {
    document,
    onUnacknowledged: (callback) =>
      void provider.on('unsyncedChanges', ({ number }: { number: number }) => callback(number)),
    close: () => {
      provider.destroy()
      websocketProvider.destroy()
    },
  }
}

/** The one text of a document; made when there is none. */
export function textOf(document: Y.Doc): Y.XmlText {
  const fragment = document.getXmlFragment('prosemirror')
  const paragraph = fragment.get(0)
  const text = paragraph instanceof Y.XmlElement ? paragraph.get(0) : undefined
  if (text instanceof Y.XmlText) return text
  const made = new Y.XmlText()
  const around = new Y.XmlElement('paragraph')
  around.insert(0, [made])
  fragment.insert(0, [around])
  return made
}
