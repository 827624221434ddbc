/** What happens to errors that no caller waits for: they reach the host as uncaught, they are never swallowed. */

/** Hands an error that nobody can handle here to the host (`window.onerror`, `uncaughtException`), as an event target does. */
export function raise(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/** Lets a promise run on its own; a failure of it is a bug and is raised. */
export function background(promise: Promise<unknown>): void {
  promise.catch(raise)
}
