/** Whether the person looks at this page. */
import { useSyncExternalStore } from 'react'

/** True while the page is visible and has the focus. */
export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, attentive)
}

function attentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}

function subscribe(changed: () => void): () => void {
  const stop = new AbortController()
  const options = { signal: stop.signal }
  window.addEventListener('focus', changed, options)
  window.addEventListener('blur', changed, options)
  document.addEventListener('visibilitychange', changed, options)
  return () => stop.abort()
}
