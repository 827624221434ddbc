/** Unsent messages, kept in this browser for each channel or thread until they are sent or the person signs out. */

const prefix = 'sallyport-draft:'

/** The draft for a place (person, channel, and the message of a thread); empty when there is none. */
export function loadDraft(place: string): string {
  return storage()?.getItem(prefix + place) ?? ''
}

/** Keeps a draft; an empty one is forgotten. */
export function saveDraft(place: string, text: string): void {
  if (text.trim() === '') storage()?.removeItem(prefix + place)
  else storage()?.setItem(prefix + place, text)
}

/** Forgets every draft. */
export function clearDrafts(): void {
  const store = storage()
  if (store === undefined) return
  for (const key of Object.keys(store)) if (key.startsWith(prefix)) store.removeItem(key)
}

/** The browser may refuse storage altogether: then drafts live as long as the page. */
function storage(): Storage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}
