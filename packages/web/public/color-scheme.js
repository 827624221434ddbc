/** Runs before the first paint: sets the colour scheme, so that a dark page never flashes white, and keeps zod from probing `eval`, which the server's CSP refuses. */
;(() => {
  globalThis.__zod_globalConfig = { jitless: true }
  let scheme = 'auto'
  try {
    scheme = localStorage.getItem('sallyport-color-scheme') ?? 'auto'
  } catch {
    // Storage is switched off in this browser: the system's scheme is right.
  }
  const dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
